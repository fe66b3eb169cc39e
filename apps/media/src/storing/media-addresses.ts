/** Where what this service keeps can be had: inside the deployment by other services, outside by whoever follows a short link. */
export class MediaAddresses {
  private readonly internalUrl: string;
  private readonly shortLinkUrl: string;

  /** Both are starts of URLs, with or without a slash at the end. */
  constructor(internalUrl: string, shortLinkUrl: string) {
    this.internalUrl = withoutSlash(internalUrl);
    this.shortLinkUrl = withoutSlash(shortLinkUrl);
  }

  /** The media as it was fetched. */
  content(sid: string, accessToken: Buffer): string {
    return `${this.internalUrl}/content/${sid}/${accessToken.toString('hex')}`;
  }

  /** What was made of the media for the recipient's carrier. */
  adapted(sid: string, accessToken: Buffer): string {
    return `${this.internalUrl}/adapted/${sid}/${accessToken.toString('hex')}`;
  }

  /** A message's media for a phone's browser. */
  shortLink(token: string): string {
    return `${this.shortLinkUrl}/${token}`;
  }
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');
