import { Injectable } from '@nestjs/common';
import { Database } from '@heliograph/postgres';
import type { Route } from './route.js';

interface RouteRow {
  prefix: string;
  kind: Route['kind'];
  sender_type: Route['senderType'];
  account: Route['account'];
  channels: string[];
}

@Injectable()
export class RoutesRepository {
  constructor(private readonly database: Database) {}

  /** The version of the list; 0 before the first import. */
  async readVersion(): Promise<number> {
    const [row] = await this.database.query<{ version: number }>({
      name: 'routes_version',
      text: `SELECT coalesce(max(version), 0) AS version FROM route_imports`,
    });
    return row!.version;
  }

  /** Every route: accounts' own first, by prefix, and what is named before any. */
  async read(): Promise<Route[]> {
    const rows = await this.database.query<RouteRow>(
      `SELECT prefix, kind, sender_type, account, channels FROM routes
       ORDER BY account = 'any', account, prefix COLLATE "C", sender_type = 'any', sender_type, kind = 'any', kind DESC`,
    );
    return rows.map(routeFromRow);
  }

  /**
   * Puts these routes in the place of all that there were, at once.
   * @param routes may be none: then everything goes by the default channel
   * @param source where they come from, for people
   * @returns the version of the list
   */
  async replaceAll(routes: readonly Route[], source: string): Promise<number> {
    return await this.database.transaction(async (tx) => {
      // One import at a time; those who read go on.
      await tx.query(`LOCK TABLE route_imports IN SHARE ROW EXCLUSIVE MODE`);
      const [added] = await tx.query<{ version: number }>(
        `INSERT INTO route_imports (version, source, route_count)
         SELECT coalesce(max(version), 0) + 1, $1, $2 FROM route_imports RETURNING version`,
        [source, routes.length],
      );
      await tx.query(`DELETE FROM routes`);
      // Each list as one text: PostgreSQL has no arrays of arrays that differ in length.
      await tx.query(
        `INSERT INTO routes (prefix, kind, sender_type, account, channels)
         SELECT prefix, kind, sender_type, account, string_to_array(channels, ' ')
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
           AS route (prefix, kind, sender_type, account, channels)`,
        [
          routes.map((route) => route.prefix),
          routes.map((route) => route.kind),
          routes.map((route) => route.senderType),
          routes.map((route) => route.account),
          routes.map((route) => route.channels.join(' ')),
        ],
      );
      return added!.version;
    });
  }
}

function routeFromRow({ sender_type: senderType, ...row }: RouteRow): Route {
  return { ...row, senderType };
}
