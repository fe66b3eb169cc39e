import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A certificate and its key, PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** Signs certificates for servers of tests. */
export class TestAuthority {
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  /** PEM, self-signed. */
  readonly certificate: string;

  constructor(private readonly name = 'Heliograph test authority') {
    const isAuthority = extension('55 1d 13', sequence(Buffer.of(0x01, 0x01, 0xff)), true);
    this.certificate = this.certify(this.keys.publicKey, name, [isAuthority]);
  }

  /** A certificate for one host name. */
  issue(host: string): Certificate {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const isFor = extension('55 1d 11', sequence(der(0x82, Buffer.from(host))));
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return { cert: this.certify(publicKey, host, [isFor]), key };
  }

  private certify(publicKey: KeyObject, subject: string, extensions: Buffer[]): string {
    const version3 = der(0xa0, der(0x02, Buffer.of(2)));
    const serial = der(0x02, Buffer.from(Date.now().toString().slice(-12), 'latin1'));
    const validity = sequence(generalizedTime(-1), generalizedTime(1));
    const subjectKey = publicKey.export({ type: 'spki', format: 'der' });
    const toBeSigned = sequence(
      version3,
      serial,
      ECDSA_WITH_SHA256,
      commonName(this.name),
      validity,
      commonName(subject),
      subjectKey,
      der(0xa3, sequence(...extensions)),
    );
    const signature = sign('sha256', toBeSigned, this.keys.privateKey);
    const whole = sequence(toBeSigned, ECDSA_WITH_SHA256, der(0x03, Buffer.concat([Buffer.of(0), signature])));
    return new X509Certificate(whole).toString();
  }
}

function der(tag: number, content: Buffer): Buffer {
  const length = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}
const sequence = (...parts: Buffer[]): Buffer => der(0x30, Buffer.concat(parts));
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex.replaceAll(' ', ''), 'hex'));
/** 1.2.840.10045.4.3.2 */
const ECDSA_WITH_SHA256 = sequence(oid('2a 86 48 ce 3d 04 03 02'));
const commonName = (name: string): Buffer =>
  sequence(der(0x31, sequence(oid('55 04 03'), der(0x0c, Buffer.from(name)))));
const extension = (id: string, value: Buffer, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [Buffer.of(0x01, 0x01, 0xff)] : []), der(0x04, value));

function generalizedTime(daysFromNow: number): Buffer {
  const at = new Date(Date.now() + daysFromNow * 86_400_000);
  return der(0x18, Buffer.from(at.toISOString().replace(/[-:T]|\.\d+/g, '')));
}
