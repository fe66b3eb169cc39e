import { CONFIG } from '@heliograph/service-host';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { SimulatorConfig } from '../config.js';
import type { HandsetCount, HandsetMessage } from './handset-message.js';
import { HandsetMessagesRepository } from './handset-messages.repository.js';
import { handsetPage, handsetPath, handsetSends, handsetTypes, messagePage, valid } from './handset-requests.js';
import { handsetMessageResource, type HandsetMessageResource } from './handset-resource.js';
import { SendFromHandset } from './send-from-handset.js';

/** The simulated phones, as a test or a browser sees them. For a laptop: nobody is asked who they are. */
@Controller()
export class HandsetsController {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<SimulatorConfig, 'HANDSETS_URL'>,
    private readonly handsets: HandsetMessagesRepository,
    private readonly sendFromHandset: SendFromHandset,
  ) {}

  @Get('handsets')
  async list(@Query() query: unknown): Promise<{ handsets: HandsetCount[] }> {
    const { after, limit } = valid(handsetPage, query);
    return { handsets: await this.handsets.countByHandset(after, limit) };
  }

  @Get('messages')
  async listAll(@Query() query: unknown): Promise<{ messages: HandsetMessageResource[] }> {
    const { after, limit } = valid(messagePage, query);
    return { messages: (await this.handsets.findAll(after, limit)).map((message) => this.show(message)) };
  }

  @Get('handsets/:number/messages')
  async listOfHandset(
    @Param() path: unknown,
    @Query() query: unknown,
  ): Promise<{ messages: HandsetMessageResource[] }> {
    const { number } = valid(handsetPath, path);
    const { after, limit } = valid(messagePage, query);
    return { messages: (await this.handsets.findByHandset(number, after, limit)).map((message) => this.show(message)) };
  }

  @Post('handsets/:number/messages')
  async send(@Param() path: unknown, @Body() body: unknown): Promise<HandsetMessageResource> {
    const { number } = valid(handsetPath, path);
    const { To, Body, Media, Parts } = valid(handsetSends, body ?? {});
    return this.show(await this.sendFromHandset.send(number, To, Body, Media, Parts));
  }

  /** The phone answers the call that verifies a caller ID, and types the code. There are no calls here: the code goes as a message. */
  @Post('handsets/:number/codes')
  async typeCode(@Param() path: unknown, @Body() body: unknown): Promise<HandsetMessageResource> {
    const { number } = valid(handsetPath, path);
    const { To, Code } = valid(handsetTypes, body ?? {});
    return this.show(await this.sendFromHandset.send(number, To, Code, []));
  }

  @Delete('handsets/:number/messages')
  @HttpCode(204)
  async clear(@Param() path: unknown): Promise<void> {
    await this.handsets.clear(valid(handsetPath, path).number);
  }

  private show(message: HandsetMessage): HandsetMessageResource {
    return handsetMessageResource(this.config.HANDSETS_URL, message);
  }
}
