import type { WebhookMethod, WebhookSettings } from '@heliograph/twilio';
import { Column } from 'typeorm';

/** The columns of a table whose rows have webhooks. */
export class WebhookColumns implements WebhookSettings {
  @Column('text', { name: 'sms_url' })
  smsUrl!: string;

  @Column('text', { name: 'sms_method' })
  smsMethod!: WebhookMethod;

  @Column('text', { name: 'sms_fallback_url' })
  smsFallbackUrl!: string;

  @Column('text', { name: 'sms_fallback_method' })
  smsFallbackMethod!: WebhookMethod;

  @Column('text', { name: 'voice_url' })
  voiceUrl!: string;

  @Column('text', { name: 'voice_method' })
  voiceMethod!: WebhookMethod;

  @Column('text', { name: 'voice_fallback_url' })
  voiceFallbackUrl!: string;

  @Column('text', { name: 'voice_fallback_method' })
  voiceFallbackMethod!: WebhookMethod;

  @Column('boolean', { name: 'voice_caller_id_lookup' })
  looksUpVoiceCallerId!: boolean;

  @Column('text', { name: 'status_callback' })
  statusCallback!: string;

  @Column('text', { name: 'status_callback_method' })
  statusCallbackMethod!: WebhookMethod;
}
