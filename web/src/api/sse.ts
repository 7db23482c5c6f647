// SPDX-License-Identifier: Apache-2.0
/**
 * Parser of text/event-stream, as the HTML standard describes it (section 9.2.6): pieces of text
 * go in as they come, whole events come out. EventSource itself cannot send a key.
 */
export interface ServerEvent {
  name: string;
  data: string;
  id: string;
}

export class EventParser {
  private rest = '';
  private name = '';
  private data: string[] = [];
  private id = '';
  private started = false;

  /** Events completed by this piece, in order. Comments and unknown fields are skipped. */
  push(piece: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    this.rest += this.withoutMark(piece);
    for (;;) {
      const end = this.lineEnd();
      if (end === null) return events;
      const line = this.rest.slice(0, end.at);
      this.rest = this.rest.slice(end.next);
      if (line !== '') this.field(line);
      else if (this.data.length > 0) events.push(this.take());
      else this.name = '';
    }
  }

  /** A stream may begin with one byte order mark. */
  private withoutMark(piece: string): string {
    if (this.started || piece === '') return piece;
    this.started = true;
    return piece.startsWith('\uFEFF') ? piece.slice(1) : piece;
  }

  /** Lines end in LF, CR or CR LF; a CR at the end of what came may still get its LF. */
  private lineEnd(): { at: number; next: number } | null {
    const at = this.rest.search(/[\r\n]/);
    if (at < 0) return null;
    if (this.rest[at] === '\n') return { at, next: at + 1 };
    if (at + 1 === this.rest.length) return null;
    return { at, next: this.rest[at + 1] === '\n' ? at + 2 : at + 1 };
  }

  private field(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const text = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.name = text;
    else if (field === 'data') this.data.push(text);
    else if (field === 'id' && !text.includes('\0')) this.id = text;
  }

  private take(): ServerEvent {
    const event = { name: this.name || 'message', data: this.data.join('\n'), id: this.id };
    this.name = '';
    this.data = [];
    return event;
  }
}
