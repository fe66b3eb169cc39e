import { signingKey, type SigningKeyReply } from '@heliograph/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { AccountsRepository } from './accounts.repository.js';
import { AuthTokenCipher } from './auth-token-cipher.js';

/** Tells `callbacks` which key signs an account's webhooks. */
@Controller()
export class SigningKeyController {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly cipher: AuthTokenCipher,
  ) {}

  @MessagePattern(signingKey.subject, Transport.NATS)
  async answer(@Payload() payload: unknown): Promise<SigningKeyReply> {
    const { accountSid } = signingKey.request.parse(payload);
    const token = await this.accounts.findToken(accountSid, 'primary');
    return token === null ? { kind: 'unknown' } : { kind: 'found', authToken: this.cipher.open(token, accountSid) };
  }
}
