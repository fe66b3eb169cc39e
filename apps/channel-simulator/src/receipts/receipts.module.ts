import { Module } from '@nestjs/common';
import { ReceiptLoop } from './receipt-loop.js';
import { ReceiptsRepository } from './receipts.repository.js';
import { SendDueReceipts } from './send-due-receipts.js';

@Module({ providers: [ReceiptsRepository, SendDueReceipts, ReceiptLoop], exports: [ReceiptLoop] })
export class ReceiptsModule {}
