/** Every service of Heliograph; each is the folder of the same name in `apps`. */
export const SERVICE_NAMES = ['api', 'media', 'dispatcher', 'callbacks', 'channel-simulator'] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

/** The PostgreSQL schema that the service owns. */
export const schemaOf = (service: ServiceName): string => service.replaceAll('-', '_');

/** The PostgreSQL role that the service connects as. */
export const roleOf = (service: ServiceName): string => `heliograph_${schemaOf(service)}`;
