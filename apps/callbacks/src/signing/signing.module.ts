import { Module } from '@nestjs/common';
import { ApiSigningKeys } from './api-signing-keys.client.js';
import { RememberedSigningKeys } from './remembered-signing-keys.js';
import { SigningKeys } from './signing-keys.js';

const remembered = {
  provide: SigningKeys,
  inject: [ApiSigningKeys],
  useFactory: (api: ApiSigningKeys) => new RememberedSigningKeys(api, () => performance.now()),
};

@Module({ providers: [ApiSigningKeys, remembered], exports: [SigningKeys] })
export class SigningModule {}
