import type { AccountSid } from '@heliograph/domain';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { TokenSlot } from './account.js';
import type { SealedToken } from './auth-token-cipher.js';

@Entity('auth_tokens')
export class AuthTokenEntity implements SealedToken {
  @PrimaryColumn('text', { name: 'account_sid' })
  accountSid!: AccountSid;

  @PrimaryColumn('text')
  slot!: TokenSlot;

  @Column('text', { name: 'key_id' })
  keyId!: string;

  @Column('bytea')
  nonce!: Buffer;

  @Column('bytea')
  ciphertext!: Buffer;

  @Column('bytea')
  tag!: Buffer;

  @CreateDateColumn({ type: 'timestamptz', name: 'date_created' })
  dateCreated!: Date;
}
