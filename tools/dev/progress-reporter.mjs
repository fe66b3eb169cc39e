/** Says which test runs: a file of tests on real servers can take minutes, and Jest itself is silent until it ends. */
import { relative } from 'node:path';
import { say } from './terminal.mjs';

const SILENCE_MS = 10_000;

export default class ProgressReporter {
  #running = new Map();
  #heartbeat;

  onRunStart() {
    this.#heartbeat = setInterval(() => {
      const [now] = this.#running.values();
      if (now) say(`… still at it: ${now}`);
    }, SILENCE_MS);
  }

  onTestFileStart({ path }) {
    const file = relative(process.cwd(), path);
    this.#running.set(path, file);
    if (process.env.TEST_KIND !== 'unit') say(`${file} …`);
  }

  onTestCaseStart({ path }, { fullName }) {
    this.#running.set(path, fullName);
  }

  onTestFileResult({ path }) {
    this.#running.delete(path);
  }

  onRunComplete() {
    clearInterval(this.#heartbeat);
  }
}
