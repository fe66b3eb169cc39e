import type { ImageLimits } from '@heliograph/contracts';
import { Capacity } from '../capacity/capacity.js';
import { isTimeout } from './decoding.js';
import { inspectPicture, type SoundPicture } from './inspect-picture.js';
import type { Adaptation, Picture } from './picture.js';
import { shrinkAnimation } from './shrink-animation.js';
import { shrinkStill } from './shrink-still.js';

/**
 * The longest side of an adapted picture, whatever a carrier takes: more than phones show. Beyond it a picture can take a gigabyte, and an
 * encoder that does not heed the deadline.
 */
const MAX_ADAPTED_SIDE_PX = 4_096;

/** Checks that pictures can be shown, and makes those smaller that are too large for the recipient's carrier. */
export class ImageAdapter {
  private readonly cores: Capacity;

  /**
   * @param concurrency how many pictures are worked on at once, each on one core
   * @param maxBytes the most that an adapted picture may have, whatever a carrier takes
   */
  constructor(
    concurrency: number,
    private readonly timeoutMs: number,
    private readonly maxBytes: number,
  ) {
    this.cores = new Capacity(concurrency);
  }

  /**
   * Adapts the pictures of one message, within one time for all of them.
   * @param owner whose message it is: who has many pictures does not keep those of others waiting
   * @param limits null where nothing is known of the carrier: the pictures are checked and stay as they are
   * @returns one for each, in the same order
   */
  adaptAll(owner: string, pictures: readonly Picture[], limits: ImageLimits | null): Promise<Adaptation[]> {
    const deadlineMs = performance.now() + this.timeoutMs;
    return Promise.all(pictures.map((picture) => this.adaptInTurn(owner, picture, limits, deadlineMs)));
  }

  private async adaptInTurn(
    owner: string,
    picture: Picture,
    limits: ImageLimits | null,
    deadlineMs: number,
  ): Promise<Adaptation> {
    try {
      const adapt = () => this.adapt(picture, limits, deadlineMs);
      return (await this.cores.use(owner, 1, deadlineMs - performance.now(), adapt)) ?? { kind: 'overloaded' };
    } catch (error) {
      if (isTimeout(error)) return { kind: 'overloaded' };
      throw error;
    }
  }

  private async adapt(picture: Picture, limits: ImageLimits | null, deadlineMs: number): Promise<Adaptation> {
    const inspected = await inspectPicture(picture, deadlineMs);
    if (inspected.kind === 'refused') return inspected;
    if (limits === null || fits(picture, inspected, limits)) return { kind: 'unchanged' };
    const withinReason = {
      maxBytes: Math.min(limits.maxBytes, this.maxBytes),
      maxWidthPx: Math.min(limits.maxWidthPx, MAX_ADAPTED_SIDE_PX),
      maxHeightPx: Math.min(limits.maxHeightPx, MAX_ADAPTED_SIDE_PX),
    };
    const moving =
      inspected.frameCount > 1 ? await shrinkAnimation(picture, inspected, withinReason, deadlineMs) : null;
    const shrunk = moving ?? (await shrinkStill(picture, withinReason, deadlineMs));
    if (shrunk) return { kind: 'adapted', picture: shrunk };
    return {
      kind: 'refused',
      errorCode: 11751,
      problem: `cannot be made small enough for the recipient's carrier, which takes ${limits.maxBytes} bytes`,
    };
  }
}

const fits = ({ bytes }: Picture, { widthPx, heightPx }: SoundPicture, limits: ImageLimits): boolean =>
  bytes.length <= limits.maxBytes && widthPx <= limits.maxWidthPx && heightPx <= limits.maxHeightPx;
