import type { StreamDefinition, StreamFamily } from '@heliograph/contracts';

/** The streams that a service publishes to: some that are known beforehand, and families of which any may turn up. */
export class OwnStreams {
  private readonly patterns: readonly { readonly pattern: RegExp; readonly stream: StreamDefinition }[];

  constructor(
    private readonly streams: readonly StreamDefinition[],
    private readonly families: readonly StreamFamily[],
  ) {
    this.patterns = streams.flatMap((stream) =>
      stream.subjects.map((subject) => ({ pattern: patternOf(subject), stream })),
    );
  }

  /** The one that takes this subject, if any does. */
  forSubject(subject: string): StreamDefinition | undefined {
    const known = this.patterns.find(({ pattern }) => pattern.test(subject))?.stream;
    return known ?? this.firstOf((family) => family.forSubject(subject));
  }

  /** The one of this name, if it is one of them. */
  named(name: string): StreamDefinition | undefined {
    return this.streams.find((stream) => stream.name === name) ?? this.firstOf((family) => family.named(name));
  }

  private firstOf(find: (family: StreamFamily) => StreamDefinition | null): StreamDefinition | undefined {
    for (const family of this.families) {
      const found = find(family);
      if (found) return found;
    }
    return undefined;
  }
}

/** NATS's wildcards: `*` stands for one token, and `>` at the end for all that follow. */
function patternOf(subject: string): RegExp {
  const tokens = subject.split('.').map((token) => {
    if (token === '*') return String.raw`[^.]+`;
    return token === '>' ? '.+' : token.replaceAll(/[^\w-]/g, String.raw`\$&`);
  });
  return new RegExp(`^${tokens.join(String.raw`\.`)}$`);
}
