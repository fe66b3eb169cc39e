import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAccountsAndNumbers1763900000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE accounts (
        sid           text COLLATE "C" PRIMARY KEY,
        type          text NOT NULL CHECK (type IN ('Full', 'Trial')),
        friendly_name text NOT NULL,
        date_created  timestamptz NOT NULL DEFAULT now(),
        date_updated  timestamptz NOT NULL DEFAULT now()
      )`);
    // Its key serves both questions: all tokens of an account (authentication), and its primary one (signatures).
    await runner.query(`
      CREATE TABLE auth_tokens (
        account_sid  text COLLATE "C" NOT NULL REFERENCES accounts,
        slot         text NOT NULL CHECK (slot IN ('primary', 'secondary')),
        key_id       text NOT NULL,
        nonce        bytea NOT NULL,
        ciphertext   bytea NOT NULL,
        tag          bytea NOT NULL,
        date_created timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (account_sid, slot)
      )`);
    // Its key serves the question who owns a sender, and makes sure that only one account does.
    await runner.query(`
      CREATE TABLE numbers (
        address      text COLLATE "C" PRIMARY KEY,
        account_sid  text COLLATE "C" NOT NULL REFERENCES accounts,
        type         text NOT NULL CHECK (type IN ('long-code', 'short-code')),
        can_send_sms boolean NOT NULL,
        can_send_mms boolean NOT NULL,
        date_created timestamptz NOT NULL DEFAULT now()
      )`);
    // Its key serves the question whether a trial account may send to a number.
    await runner.query(`
      CREATE TABLE verified_numbers (
        account_sid  text COLLATE "C" NOT NULL REFERENCES accounts,
        phone_number text COLLATE "C" NOT NULL,
        date_created timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (account_sid, phone_number)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE verified_numbers, numbers, auth_tokens, accounts`);
  }
}
