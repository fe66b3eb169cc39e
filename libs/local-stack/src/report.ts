/** Takes one line that tells the person at the terminal what is going on. */
export type Report = (line: string) => void;
