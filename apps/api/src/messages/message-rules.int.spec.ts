import { messageAccepted, type MessageAcceptedData } from '@heliograph/contracts';
import { makeSid } from '@heliograph/domain';
import { JetStreamConnection } from '@heliograph/jetstream';
import type { RunningService } from '@heliograph/service-host';
import { eventually, startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { ErrorEnvelope, MessageResource } from '@heliograph/twilio';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { databaseSchema } from '../database-schema.js';
import type { DemoAccount } from '../demo/seed-demo-accounts.js';
import { ApiCustomer, bootApi, type Fields, seedAccounts } from '../testing/booted-api.js';
import {
  type DispatcherDouble,
  IMAGE_LIMITS,
  type MediaDouble,
  type RunningDouble,
  SHORT_LINK,
  SMALL_PICTURES,
  startDispatcherDouble,
  startMediaDouble,
  UNPRICED,
  WITHOUT_MMS,
} from '../testing/service-doubles.js';

const FROM = '+14158141829';
const TRIAL_FROM = '+14158141840';
const TO = '+15558675309';
const UK = '+447700900123';
const PICTURE = 'https://example.com/heart.png';
const TRIAL_PREFIX = 'Sent from a trial account - ';
/** Above the half second for which accounts, numbers and applications are remembered. */
const MEMORY_MS = 600;

/** Real: PostgreSQL, NATS, HTTP. Doubles: `media` and `dispatcher`. */
let postgres: TestDatabase;
let nats: TestNats;
let api: RunningService;
let media: RunningDouble<MediaDouble>;
let dispatcher: RunningDouble<DispatcherDouble>;
let full: DemoAccount;
let trial: DemoAccount;
let customer: ApiCustomer;
let trialCustomer: ApiCustomer;
const accepted = new Map<string, MessageAcceptedData>();

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  ({ full, trial } = await seedAccounts(postgres.database));
  [media, dispatcher] = await Promise.all([startMediaDouble(nats.url), startDispatcherDouble(nats.url)]);
  api = await bootApi(
    { database: postgres.url, nats: nats.url },
    { TRIAL_BODY_PREFIX: TRIAL_PREFIX, DESTINATION_TIMEOUT_MS: '10000' },
  );
  customer = new ApiCustomer(api.url, full);
  trialCustomer = new ApiCustomer(api.url, trial);
  api.app.get(JetStreamConnection).nats.subscribe(messageAccepted.anySubject, {
    callback: (_error, message) => {
      const { data } = messageAccepted.decode(message.json());
      accepted.set(data.messageSid, data);
    },
  });
}, 60_000);

afterAll(async () => {
  await api?.stop();
  await Promise.all([media?.stop(), dispatcher?.stop()]);
  await Promise.all([postgres?.stop(), nats?.stop()]);
}, 30_000);

beforeEach(() => {
  media.double.asked.length = 0;
});

const countMessages = async () =>
  (await postgres.database.query<{ count: number }>('SELECT count(*)::int AS count FROM messages'))[0]?.count;

/** Refused, nothing kept, and nobody's server was asked for media. */
async function expectRefusal(fields: Fields, code: number, by = customer): Promise<string> {
  const before = await countMessages();
  const response = await by.post(fields);
  const envelope = (await response.json()) as ErrorEnvelope;
  expect([response.status, envelope.code]).toEqual([400, code]);
  expect(await countMessages()).toBe(before);
  expect(media.double.asked).toEqual([]);
  return envelope.message;
}

/** Answered 201; what was answered, and what was announced. */
async function expectAccepted(fields: Fields, by = customer) {
  const response = await by.post(fields);
  const message = (await response.json()) as MessageResource;
  expect([response.status, message.status]).toEqual([201, 'queued']);
  const announced = await eventually(() => {
    expect(accepted.has(message.sid)).toBe(true);
    return accepted.get(message.sid) as MessageAcceptedData;
  });
  return { message, announced };
}

describe('From', () => {
  it('may be a name of letters, digits and spaces where the country shows names', async () => {
    const { message, announced } = await expectAccepted({ From: 'Helio 24 7', To: UK, Body: 'x' });
    expect(message.from).toBe('Helio 24 7');
    expect(announced).toMatchObject({ from: 'Helio 24 7', senderType: 'alphanumeric' });
  });

  it('may not be a name to the United States and Canada', async () => {
    await expectRefusal({ From: 'Heliograph', To: TO, Body: 'x' }, 21612);
    await expectRefusal({ From: 'Heliograph', To: '+16135550123', Body: 'x' }, 21612);
  });

  it('may not be a name with media', async () => {
    await expectRefusal({ From: 'Heliograph', To: UK, Body: 'x', MediaUrl: PICTURE }, 21621);
  });

  it('may not be a name on a trial account', async () => {
    await expectRefusal({ From: 'Heliograph', To: UK, Body: 'x' }, 21212, trialCustomer);
  });

  it("may not be another account's number, which is told as if nobody owned it", async () => {
    const ofAnother = await expectRefusal({ From: TRIAL_FROM, To: TO, Body: 'x' }, 21606);
    const ofNobody = await expectRefusal({ From: '+14155550100', To: TO, Body: 'x' }, 21606);
    expect(ofAnother.replace(TRIAL_FROM, '')).toBe(ofNobody.replace('+14155550100', ''));
  });

  it('must be able to send SMS, and MMS for media', async () => {
    const make = async (canSendSms: boolean, canSendMms: boolean) => {
      const text = `UPDATE numbers SET can_send_sms = $1, can_send_mms = $2 WHERE address = '+14158141830'`;
      await postgres.database.query(text, [canSendSms, canSendMms]);
      await delay(MEMORY_MS);
    };
    await make(false, true);
    await expectRefusal({ From: '+14158141830', To: TO, Body: 'x' }, 21606);
    await make(true, false);
    await expectRefusal({ From: '+14158141830', To: TO, MediaUrl: PICTURE }, 21621);
    await expectAccepted({ From: '+14158141830', To: TO, Body: 'x' });
  });
});

describe('To', () => {
  it('must have a price', async () => {
    await expectRefusal({ From: FROM, To: UNPRICED, Body: 'x' }, 21408);
    await expectRefusal({ From: FROM, To: UNPRICED, MediaUrl: PICTURE }, 21408);
  });

  it('must be verified for a trial account, which comes before its price', async () => {
    await expectRefusal({ From: TRIAL_FROM, To: UNPRICED, Body: 'x' }, 21608, trialCustomer);
  });

  it('is asked about once, whatever the number of messages', async () => {
    await expectAccepted({ From: FROM, To: TO, Body: 'x' });
    dispatcher.double.asked.length = 0;
    await Promise.all(Array.from({ length: 20 }, () => customer.post({ From: FROM, To: TO, Body: 'x' })));
    expect(dispatcher.double.asked.length).toBeLessThanOrEqual(1);
  });
});

describe('media', () => {
  it('are fitted to what the carrier of To takes', async () => {
    const { announced } = await expectAccepted({ From: FROM, To: SMALL_PICTURES, MediaUrl: PICTURE });
    expect(media.double.asked).toMatchObject([{ messageSid: announced.messageSid, imageLimits: IMAGE_LIMITS }]);
    expect(announced).toMatchObject({ shortLink: SHORT_LINK, mayFallBackToSms: true });
  });

  it('go as a link where the carrier has no MMS, and are not fitted to anything', async () => {
    const { message, announced } = await expectAccepted({ From: FROM, To: WITHOUT_MMS, MediaUrl: PICTURE });
    expect(message.sid).toMatch(/^MM/);
    expect(media.double.asked).toMatchObject([{ imageLimits: null }]);
    expect(announced).toMatchObject({ shortLink: SHORT_LINK, mayFallBackToSms: true });
  });

  it('are refused there where the account does not want links', async () => {
    const want = async (fallback: boolean) => {
      await postgres.database.query(`UPDATE accounts SET mms_fallback = $1 WHERE sid = $2`, [fallback, full.sid]);
      await delay(MEMORY_MS);
    };
    await want(false);
    const message = await expectRefusal({ From: FROM, To: WITHOUT_MMS, MediaUrl: PICTURE }, 21612);
    expect(message).toMatch(/via MMS\.$/);
    await expectAccepted({ From: FROM, To: WITHOUT_MMS, Body: 'x' });
    expect((await expectAccepted({ From: FROM, To: TO, MediaUrl: PICTURE })).announced.mayFallBackToSms).toBe(false);
    await want(true);
  });
});

describe('MaxPrice', () => {
  it('goes with the message, in millionths of a dollar', async () => {
    const { announced } = await expectAccepted({ From: FROM, To: TO, Body: 'x', MaxPrice: '0.0075' });
    expect(announced.maxPriceMicros).toBe(7_500);
    expect((await expectAccepted({ From: FROM, To: TO, Body: 'x' })).announced.maxPriceMicros).toBeNull();
  });

  it.each(['0', '0.0000', '-1', '0.00001', 'cheap', '1e2'])('may not be %s', async (MaxPrice) => {
    await expectRefusal({ From: FROM, To: TO, MediaUrl: PICTURE, MaxPrice }, 21627);
  });
});

describe('ValidityPeriod', () => {
  it('goes with the message, and is ten hours where nothing is said', async () => {
    const { announced } = await expectAccepted({ From: FROM, To: TO, Body: 'x', ValidityPeriod: '1' });
    expect(announced.validityPeriodS).toBe(1);
    expect((await expectAccepted({ From: FROM, To: TO, Body: 'x' })).announced.validityPeriodS).toBe(36_000);
  });

  it.each(['0', '36001', '-1', '1.5', 'soon'])('may not be %s', async (ValidityPeriod) => {
    await expectRefusal({ From: FROM, To: TO, MediaUrl: PICTURE, ValidityPeriod }, 21624);
  });
});

describe('ApplicationSid', () => {
  const anApplication = async (accountSid: string, messageStatusCallback: string): Promise<string> => {
    const sid = makeSid('AP', randomBytes(16));
    const text = `INSERT INTO applications (sid, account_sid, friendly_name, message_status_callback)
                  VALUES ($1, $2, 'x', $3)`;
    await postgres.database.query(text, [sid, accountSid, messageStatusCallback]);
    return sid;
  };
  const StatusCallback = 'https://example.com/status';

  it("comes before StatusCallback: its URL is told of 'sent' and 'failed'", async () => {
    const ApplicationSid = await anApplication(full.sid, 'https://example.com/application');
    const told = { statusCallback: 'https://example.com/application', statusCallbackOn: ['sent', 'failed'] };
    const fields = { From: FROM, To: TO, Body: 'x', ApplicationSid };
    expect((await expectAccepted({ ...fields, StatusCallback })).announced).toMatchObject(told);
    expect((await expectAccepted(fields)).announced).toMatchObject(told);
  });

  it('leaves it to StatusCallback where it has no URL of its own', async () => {
    const ApplicationSid = await anApplication(full.sid, '');
    const { announced } = await expectAccepted({ From: FROM, To: TO, Body: 'x', StatusCallback, ApplicationSid });
    const statusCallbackOn = ['sent', 'delivered', 'undelivered', 'failed'];
    expect(announced).toMatchObject({ statusCallback: StatusCallback, statusCallbackOn });
  });

  it('must be one of the account', async () => {
    const fields = { From: FROM, To: TO, Body: 'x', StatusCallback };
    await expectRefusal({ ...fields, ApplicationSid: `AP${'0'.repeat(32)}` }, 21218);
    const ofAnother = await anApplication(trial.sid, 'https://example.com/application');
    await expectRefusal({ ...fields, ApplicationSid: ofAnother }, 21218);
    await expectRefusal({ ...fields, ApplicationSid: 'nonsense' }, 21218);
  });
});

describe('the prefix of trial accounts', () => {
  it('is part of the body, as the operator wrote it', async () => {
    const { message, announced } = await expectAccepted({ From: TRIAL_FROM, To: TO, Body: 'Hi' }, trialCustomer);
    expect([message.body, announced.body]).toEqual([`${TRIAL_PREFIX}Hi`, `${TRIAL_PREFIX}Hi`]);
    expect((await expectAccepted({ From: FROM, To: TO, Body: 'Hi' })).message.body).toBe('Hi');
  });

  it('counts for segments and for the longest body', async () => {
    const body = 'a'.repeat(160 - TRIAL_PREFIX.length + 1);
    const { message } = await expectAccepted({ From: TRIAL_FROM, To: TO, Body: body }, trialCustomer);
    expect(message.num_segments).toBe('2');
    const longest = 'a'.repeat(1_600 - TRIAL_PREFIX.length);
    await expectAccepted({ From: TRIAL_FROM, To: TO, Body: longest }, trialCustomer);
    await expectRefusal({ From: TRIAL_FROM, To: TO, Body: `${longest}a` }, 21617, trialCustomer);
  });
});

describe('while the dispatcher is away', () => {
  it('accepts what it knows nothing of, and still refuses what it knew', async () => {
    await expectRefusal({ From: FROM, To: UNPRICED, Body: 'x' }, 21408);
    await dispatcher.stop();
    await delay(1_100);
    await expectAccepted({ From: FROM, To: '+85099999999', Body: 'x' });
    const startedMs = performance.now();
    await expectAccepted({ From: FROM, To: '+85088888888', MediaUrl: PICTURE });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    media.double.asked.length = 0;
    await expectRefusal({ From: FROM, To: UNPRICED, Body: 'x' }, 21408);
  });
});
