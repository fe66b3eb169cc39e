/** Random choices that a seed fixes: the same seed and number give the same choices on every machine. */
export class Dice {
  private state: number;

  /** @param number which of the seed's sequences; each can be had without those before it */
  constructor(seed: number, number: number) {
    this.state = Math.imul(seed ^ Math.imul(number + 1, 0x9e3779b1), 0x85ebca6b) >>> 0;
  }

  /** A whole number from 0 to `limit` - 1. Mulberry32. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  /** True this often in a hundred. */
  percent(share: number): boolean {
    return this.below(100) < share;
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!;
  }

  /** One of the values, each as often as its weight says. */
  weighted<Value>(...choices: readonly (readonly [weight: number, value: Value])[]): Value {
    let left = this.below(choices.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of choices) if ((left -= weight) < 0) return value;
    return choices.at(-1)![1];
  }

  times<Value>(count: number, make: () => Value): Value[] {
    return Array.from({ length: count }, make);
  }

  digits(count: number): string {
    return this.times(count, () => this.below(10)).join('');
  }

  hex(count: number): string {
    return this.times(count, () => this.below(16).toString(16)).join('');
  }

  shuffled<Value>(values: readonly Value[]): Value[] {
    const rest = [...values];
    return values.map(() => rest.splice(this.below(rest.length), 1)[0]!);
  }
}
