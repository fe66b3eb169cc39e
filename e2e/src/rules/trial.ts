import { eventually } from '@heliograph/testing';
import { describe, expect, it } from '@jest/globals';
import { refusalOf, type World } from './world.js';

const VERIFIED_BY_TEXT = '+15558675310';
const VERIFIED_BY_CODE = '+15558675311';
const NEVER_VERIFIED = '+15558675312';

/** Trial accounts send only to numbers that were verified. */
export const trialRules = (world: World) =>
  describe('a trial account', () => {
    const sendTo = (to: string) =>
      world.trialClient.messages.create({ from: world.trial.phoneNumbers[0]!, to, body: 'Hello' });
    const callerIdOf = async (phoneNumber: string) =>
      (await world.trialClient.outgoingCallerIds.list({ phoneNumber }))[0];
    const askFor = (phoneNumber: string) =>
      world.trialClient.validationRequests.create({ phoneNumber, friendlyName: 'Jenny' });

    it('sends to nobody unverified', async () => {
      expect(await refusalOf(sendTo(NEVER_VERIFIED))).toEqual([400, 21608]);
    });

    it('sends to a phone that texted the code back, until its caller ID is deleted', async () => {
      const asked = await askFor(VERIFIED_BY_TEXT);
      expect(asked).toMatchObject({
        accountSid: world.trial.sid,
        phoneNumber: VERIFIED_BY_TEXT,
        friendlyName: 'Jenny',
      });
      expect(String(asked.validationCode)).toMatch(/^\d{6}$/);
      expect(await refusalOf(sendTo(VERIFIED_BY_TEXT))).toEqual([400, 21608]);

      const [number] = world.trial.phoneNumbers;
      await world.fromHandset(VERIFIED_BY_TEXT, 'messages', { To: number!, Body: String(asked.validationCode) });
      const callerId = await eventually(async () => {
        const found = await callerIdOf(VERIFIED_BY_TEXT);
        expect(found).toBeDefined();
        return found!;
      });
      expect(callerId).toMatchObject({ phoneNumber: VERIFIED_BY_TEXT, friendlyName: 'Jenny' });
      const resource = world.trialClient.outgoingCallerIds(callerId.sid);
      expect(await resource.update({ friendlyName: 'Jenny Jenny' })).toMatchObject({ friendlyName: 'Jenny Jenny' });
      expect(await resource.fetch()).toMatchObject({ friendlyName: 'Jenny Jenny' });

      const { sid, to } = await eventually(() => sendTo(VERIFIED_BY_TEXT), 1_000);
      await eventually(async () => expect(await world.onHandset({ sid, to })).toMatchObject({ body: 'Hello' }));

      expect(await resource.remove()).toBe(true);
      await eventually(async () => expect(await refusalOf(sendTo(VERIFIED_BY_TEXT))).toEqual([400, 21608]), 1_000);
    });

    it('sends to a phone on which the code was keyed in, not before', async () => {
      const { validationCode } = await askFor(VERIFIED_BY_CODE);
      const wrong = String((Number(validationCode) + 1) % 1_000_000).padStart(6, '0');
      await world.fromHandset(VERIFIED_BY_CODE, 'codes', { Code: wrong });
      await world.fromHandset(NEVER_VERIFIED, 'codes', { Code: String(validationCode) });
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(await callerIdOf(VERIFIED_BY_CODE)).toBeUndefined();
      expect(await callerIdOf(NEVER_VERIFIED)).toBeUndefined();
      await world.fromHandset(VERIFIED_BY_CODE, 'codes', { Code: String(validationCode) });
      await eventually(() => sendTo(VERIFIED_BY_CODE));
      expect(await refusalOf(askFor(VERIFIED_BY_CODE))).toEqual([400, 21450]);
    });

    it('owns one number at most', async () => {
      const buying = world.trialClient.incomingPhoneNumbers.create({ areaCode: '415' });
      expect(await refusalOf(buying)).toEqual([400, 21404]);
    });
  });
