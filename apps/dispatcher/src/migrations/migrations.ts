import { CreateLanesAndJobs1795470000000 } from './1795470000000-create-lanes-and-jobs.js';
import { VersionRatesAndAddCarriers1795510000001 } from './1795510000001-version-rates-and-add-carriers.js';
import { KeepWhatStatusEventsSay1795510000002 } from './1795510000002-keep-what-status-events-say.js';
import { MakePacesData1795560000001 } from './1795560000001-make-paces-data.js';
import { KeepHeadsInLanes1795620000001 } from './1795620000001-keep-heads-in-lanes.js';
import { AddRoutes1795620000002 } from './1795620000002-add-routes.js';
import { AddChannelCeilings1795620000003 } from './1795620000003-add-channel-ceilings.js';

/** The dispatcher's migrations, oldest first. */
export const migrations = [
  CreateLanesAndJobs1795470000000,
  VersionRatesAndAddCarriers1795510000001,
  KeepWhatStatusEventsSay1795510000002,
  MakePacesData1795560000001,
  KeepHeadsInLanes1795620000001,
  AddRoutes1795620000002,
  AddChannelCeilings1795620000003,
];
