import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** The most memory that a process has had (resident), in MB. Linux only. */
export function peakMemoryMb(pid: number): number {
  const [, kilobytes] = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1_024;
}

/** Starts to watch the machine's cores: what it returns says how busy they have been since, in percent of all of them. */
export function watchCores(): () => number {
  const before = coreTimes();
  return () => {
    const after = coreTimes();
    return (100 * (after.busy - before.busy)) / (after.all - before.all);
  };
}

function coreTimes(): { busy: number; all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { busy: times.reduce((busy, { idle }) => busy - idle, all), all };
}
