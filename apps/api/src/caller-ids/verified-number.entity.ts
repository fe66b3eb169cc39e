import type { AccountSid } from '@heliograph/domain';
import { CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('verified_numbers')
export class VerifiedNumberEntity {
  @PrimaryColumn('text', { name: 'account_sid' })
  accountSid!: AccountSid;

  @PrimaryColumn('text', { name: 'phone_number' })
  phoneNumber!: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'date_created' })
  dateCreated!: Date;
}
