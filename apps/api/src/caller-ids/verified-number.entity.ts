import type { AccountSid, PhoneNumberSid } from '@heliograph/domain';
import type { CallerIdRecord } from '@heliograph/twilio';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

@Entity('verified_numbers')
export class VerifiedNumberEntity implements CallerIdRecord {
  @PrimaryColumn('text', { name: 'account_sid' })
  accountSid!: AccountSid;

  @PrimaryColumn('text', { name: 'phone_number' })
  phoneNumber!: string;

  /** The database gives it, and the place. */
  @Column({ type: 'text', insert: false, update: false })
  sid!: PhoneNumberSid;

  /** Ascending in the order of verification. */
  @Column({ type: 'bigint', insert: false, update: false })
  place!: string;

  @Column('text', { name: 'friendly_name' })
  friendlyName!: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'date_created' })
  dateCreated!: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'date_updated' })
  dateUpdated!: Date;
}
