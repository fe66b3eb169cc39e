/** What a phone of the simulated carrier received. */
export interface HandsetMessage {
  readonly id: string;
  readonly messageSid: string;
  readonly direction: 'received' | 'sent';
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly numSegments: number;
  /** By the carrier's clock: microseconds since the Unix epoch. */
  readonly receivedAtMicros: number;
  readonly media: readonly { contentType: string; byteSize: number; url: string }[];
}

/** All that one phone has, oldest first. */
export async function messagesOf(handsetsUrl: string, number: string): Promise<HandsetMessage[]> {
  return await readAll(`${handsetsUrl}/handsets/${encodeURIComponent(number)}/messages`);
}

/** All that any phone has, oldest first. */
export async function allMessages(handsetsUrl: string): Promise<HandsetMessage[]> {
  return await readAll(`${handsetsUrl}/messages`);
}

async function readAll(url: string): Promise<HandsetMessage[]> {
  const all: HandsetMessage[] = [];
  for (;;) {
    const last = all.at(-1);
    const page = await fetch(`${url}?limit=1000${last ? `&after=${last.id}` : ''}`);
    const { messages } = (await page.json()) as { messages: HandsetMessage[] };
    all.push(...messages);
    if (messages.length < 1000) return all;
  }
}

/** A phone sends a long text in parts. @param order `all`, or the numbers of the parts that go out */
export async function sendInParts(
  handsetsUrl: string,
  { from, to, body, order }: { from: string; to: string; body: string; order: string },
): Promise<void> {
  const response = await fetch(`${handsetsUrl}/handsets/${encodeURIComponent(from)}/messages`, {
    method: 'POST',
    body: new URLSearchParams({ To: to, Body: body, Parts: order }),
  });
  if (!response.ok) throw new Error(`the handset could not send: ${response.status} ${await response.text()}`);
}

/** A phone sends a message. @param pictures PNGs */
export async function sendFromHandset(
  handsetsUrl: string,
  from: string,
  to: string,
  body: string,
  pictures: readonly Buffer[] = [],
): Promise<void> {
  const media = pictures.map((bytes): [string, string] => [
    'Media',
    `data:image/png;base64,${bytes.toString('base64')}`,
  ]);
  const response = await fetch(`${handsetsUrl}/handsets/${encodeURIComponent(from)}/messages`, {
    method: 'POST',
    body: new URLSearchParams([['To', to], ['Body', body], ...media]),
  });
  if (!response.ok) throw new Error(`the handset could not send: ${response.status} ${await response.text()}`);
}
