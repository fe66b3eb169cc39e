import type { AccountSid } from '@heliograph/domain';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import type { Account, AccountStatus, AccountType } from './account.js';

@Entity('accounts')
export class AccountEntity implements Account {
  @PrimaryColumn('text')
  sid!: AccountSid;

  @Column('text')
  type!: AccountType;

  @Column('text', { default: 'active' })
  status!: AccountStatus;

  @Column('boolean', { name: 'mms_fallback', default: true })
  hasMmsFallback!: boolean;

  @Column('text', { name: 'friendly_name' })
  friendlyName!: string;

  /** Whether it is one that `seed-demo` made, and finds again. */
  @Column('boolean', { name: 'is_demo', default: false })
  isDemo!: boolean;

  @CreateDateColumn({ type: 'timestamptz', name: 'date_created' })
  dateCreated!: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'date_updated' })
  dateUpdated!: Date;
}
