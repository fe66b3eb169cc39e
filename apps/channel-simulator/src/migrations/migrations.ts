import { CreateSubmissionsAndHandsets1795471000000 } from './1795471000000-create-submissions-and-handsets.js';

/** Every migration of the service, oldest first. */
export const migrations = [CreateSubmissionsAndHandsets1795471000000];
