import { countSegments, segmentText } from '@heliograph/domain';
import { type Figures, percentile, rounded, type Say } from '../figures.js';
import { longTexts, shortTexts, type Texts } from './texts.js';

const WARM_UP_MS = 500;
const ROUND_MS = 300;
const ROUNDS = 9;

const cut = (body: string): number => segmentText(body).segments.length;
const count = (body: string): number => countSegments(body).count;

/** Bodies per second on one core, by the median of several rounds: cut into segments, and only counted. */
export async function measureSegmentation(say: Say): Promise<Figures> {
  const [mixed, gsm7, ucs2] = shortTexts();
  const long = longTexts();
  const measure = (texts: Texts, segment: (body: string) => number): number => {
    const perSecond = medianPerSecond(texts.bodies, segment);
    say(`${texts.name}: ${segment.name} ${rounded(perSecond).toLocaleString('en')} per second`);
    return rounded(perSecond);
  };
  return {
    segmentationsPerSecond: measure(mixed, cut),
    segmentCountsPerSecond: measure(mixed, count),
    gsm7SegmentationsPerSecond: measure(gsm7, cut),
    ucs2SegmentationsPerSecond: measure(ucs2, cut),
    longSegmentationsPerSecond: measure(long, cut),
    longSegmentCountsPerSecond: measure(long, count),
  };
}

function medianPerSecond(bodies: readonly string[], segment: (body: string) => number): number {
  runFor(WARM_UP_MS, bodies, segment);
  return percentile(
    Array.from({ length: ROUNDS }, () => runFor(ROUND_MS, bodies, segment)),
    0.5,
  );
}

/** Bodies per second. The segments are added up and looked at, or the compiler might leave out what nobody uses. */
function runFor(durationMs: number, bodies: readonly string[], segment: (body: string) => number): number {
  let segments = 0;
  let rounds = 0;
  let tookMs = 0;
  for (const startedAtMs = performance.now(); tookMs < durationMs; rounds++) {
    for (const body of bodies) segments += segment(body);
    tookMs = performance.now() - startedAtMs;
  }
  if (segments < rounds * bodies.length) throw new Error('Every body has at least one segment');
  return (rounds * bodies.length * 1_000) / tookMs;
}
