import type { AccountSid } from '@heliograph/domain';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { NumberType, OwnedNumber } from './owned-number.js';

@Entity('numbers')
export class NumberEntity implements OwnedNumber {
  @PrimaryColumn('text')
  address!: string;

  @Column('text', { name: 'account_sid' })
  accountSid!: AccountSid;

  @Column('text')
  type!: NumberType;

  @Column('boolean', { name: 'can_send_sms' })
  canSendSms!: boolean;

  @Column('boolean', { name: 'can_send_mms' })
  canSendMms!: boolean;

  @CreateDateColumn({ type: 'timestamptz', name: 'date_created' })
  dateCreated!: Date;
}
