import type { AccountSid, ApplicationSid, PhoneNumberSid, ShortCodeSid } from '@heliograph/domain';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import { WebhookColumns } from '../webhooks/webhook-columns.entity.js';
import type { NumberType, OwnedNumber } from './owned-number.js';

@Entity('numbers')
export class NumberEntity implements OwnedNumber {
  @PrimaryColumn('text')
  address!: string;

  @Column('text')
  sid!: PhoneNumberSid | ShortCodeSid;

  @Column('text', { name: 'account_sid' })
  accountSid!: AccountSid;

  @Column('text')
  type!: NumberType;

  /** Its place in the account's list. */
  @Column({ type: 'bigint', insert: false, update: false })
  place!: string;

  @Column('boolean', { name: 'can_send_sms' })
  canSendSms!: boolean;

  @Column('boolean', { name: 'can_send_mms' })
  canSendMms!: boolean;

  @Column('text', { name: 'friendly_name' })
  friendlyName!: string;

  @Column('text', { name: 'sms_application_sid' })
  smsApplicationSid!: ApplicationSid | '';

  @Column('text', { name: 'voice_application_sid' })
  voiceApplicationSid!: ApplicationSid | '';

  @Column(() => WebhookColumns, { prefix: false })
  webhooks!: WebhookColumns;

  @CreateDateColumn({ type: 'timestamptz', name: 'date_created' })
  dateCreated!: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'date_updated' })
  dateUpdated!: Date;
}
