import { applicationResource, type ApplicationResource, applicationsPath, type PageEnvelope } from '@heliograph/twilio';
import { Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestRefused } from '../errors/request-refused.js';
import { accountOf, fieldsOf, notFound, queryOf, sidOf } from '../requests/account-request.js';
import { envelopeOf } from '../requests/read-list-page.js';
import { ApplicationsRepository } from './applications.repository.js';
import { CreateApplication } from './create-application.js';
import { DeleteApplication } from './delete-application.js';
import { ListApplications } from './list-applications.js';
import { UpdateApplication } from './update-application.js';

type ApplicationList = PageEnvelope & { readonly applications: readonly ApplicationResource[] };

/** Twilio's Applications resource. */
@Controller('2010-04-01/Accounts/:accountSid')
export class ApplicationsController {
  constructor(
    private readonly createApplication: CreateApplication,
    private readonly listApplications: ListApplications,
    private readonly updateApplication: UpdateApplication,
    private readonly deleteApplication: DeleteApplication,
    private readonly applications: ApplicationsRepository,
  ) {}

  @Post('Applications.json')
  async create(@Req() request: FastifyRequest): Promise<ApplicationResource> {
    const creation = await this.createApplication.create(accountOf(request).sid, fieldsOf(request));
    if (creation.kind === 'refused') throw new RequestRefused(creation.error);
    return applicationResource(creation.application);
  }

  @Get('Applications.json')
  async list(@Req() request: FastifyRequest): Promise<ApplicationList> {
    const { sid } = accountOf(request);
    const listing = await this.listApplications.list(sid, queryOf(request));
    if (listing.kind === 'refused') throw new RequestRefused(listing.error);
    return { ...envelopeOf(applicationsPath(sid), listing), applications: listing.rows.map(applicationResource) };
  }

  @Get('Applications/:applicationSid.json')
  async fetch(@Req() request: FastifyRequest): Promise<ApplicationResource> {
    const application = await this.applications.find(accountOf(request).sid, applicationSidOf(request));
    if (application !== null) return applicationResource(application);
    throw notFound(request);
  }

  @Post('Applications/:applicationSid.json')
  @HttpCode(200)
  async update(@Req() request: FastifyRequest): Promise<ApplicationResource> {
    const change = await this.updateApplication.update(
      accountOf(request).sid,
      applicationSidOf(request),
      fieldsOf(request),
    );
    if (change.kind === 'refused') throw new RequestRefused(change.error);
    if (change.kind === 'changed') return applicationResource(change.application);
    throw notFound(request);
  }

  @Delete('Applications/:applicationSid.json')
  @HttpCode(204)
  async delete(@Req() request: FastifyRequest): Promise<void> {
    if (!(await this.deleteApplication.delete(accountOf(request).sid, applicationSidOf(request))))
      throw notFound(request);
  }
}

const applicationSidOf = (request: FastifyRequest) => sidOf(request, 'applicationSid', 'AP');
