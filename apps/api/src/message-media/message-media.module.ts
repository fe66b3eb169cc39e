import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module.js';
import { DeleteMessageMedia } from './delete-message-media.js';
import { ListMessageMedia } from './list-message-media.js';
import { MediaBytesController } from './media-bytes.controller.js';
import { MediaCatalogueClient } from './media-catalogue.client.js';
import { MediaCatalogue } from './media-catalogue.js';
import { MessageMediaController } from './message-media.controller.js';
import { ReadMessageMedia } from './read-message-media.js';

@Module({
  imports: [MessagesModule],
  controllers: [MessageMediaController, MediaBytesController],
  providers: [
    DeleteMessageMedia,
    ListMessageMedia,
    ReadMessageMedia,
    { provide: MediaCatalogue, useClass: MediaCatalogueClient },
  ],
})
export class MessageMediaModule {}
