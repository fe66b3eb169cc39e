import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When the process began, in a form that only serves comparison; undefined when no such process lives. A pid alone does not
 * name a process: after a crash or a reboot the same number may belong to a stranger.
 */
export const processStamp = (pid: number): string | undefined =>
  process.platform === 'linux' ? linuxStamp(pid) : psColumn(pid, 'lstart');

/** The command line of a living process, its parts joined by spaces; undefined when it is gone or hidden from us. */
export const processCommand = (pid: number): string | undefined => {
  if (process.platform !== 'linux') return psColumn(pid, 'command');
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return undefined;
  }
};

// proc(5): the name in parentheses may hold spaces, so fields are counted from the last parenthesis: state, then 18 more, then start time.
const linuxStamp = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
};

const psColumn = (pid: number, column: string): string | undefined => {
  const { stdout } = spawnSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' });
  return stdout?.trim() || undefined;
};
