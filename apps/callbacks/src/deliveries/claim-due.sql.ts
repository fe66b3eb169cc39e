/**
 * Marks as due what has become so. $1: at most how many. Answers how many, and in how many milliseconds the next one's time comes. The
 * claim and the mark are apart so that the claim finds nothing in its index but what can be attempted.
 */
export const MARK_DUE = `
  WITH ripe AS (
    SELECT message_sid, sequence FROM deliveries
     WHERE state = 'pending' AND NOT is_due AND next_attempt_at <= now()
     ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED
  ), marked AS (
    UPDATE deliveries d SET is_due = true
      FROM ripe WHERE d.message_sid = ripe.message_sid AND d.sequence = ripe.sequence
    RETURNING 1
  )
  SELECT (SELECT count(*)::int FROM marked) AS marked_count,
         (SELECT (extract(epoch FROM min(next_attempt_at) - clock_timestamp()) * 1000)::float8
            FROM deliveries WHERE state = 'pending' AND NOT is_due AND next_attempt_at > now()) AS in_ms`;

/**
 * From host to host through the index, beginning after $6 and once around, and of each host the oldest that are due, up to what it has
 * room for: $3, less what $1 and $2 say it has in hand. No more hosts are visited than it may take to find $4 deliveries. $5: the lease
 * in milliseconds. It costs as much as there are hosts with something due, at most; those in backoff are not in the index.
 */
export const CLAIM_DUE = `
  WITH RECURSIVE round (host, is_second_lap, place) AS (
    SELECT $6::text, false, 0
    UNION ALL
    SELECT next.host, next.is_second_lap, r.place + 1
      FROM round r CROSS JOIN LATERAL (
        (SELECT d.host, r.is_second_lap FROM deliveries d
          WHERE d.state = 'pending' AND d.is_due AND d.host > r.host AND (NOT r.is_second_lap OR d.host <= $6)
          ORDER BY d.host LIMIT 1)
        UNION ALL
        (SELECT d.host, true FROM deliveries d
          WHERE d.state = 'pending' AND d.is_due AND d.host <= $6 AND NOT r.is_second_lap
          ORDER BY d.host LIMIT 1)
        LIMIT 1
      ) AS next (host, is_second_lap)
     WHERE r.place < $4 + cardinality($1::text[])
  ), due AS (
    SELECT d.message_sid, d.sequence, d.next_attempt_at AS due_at, r.place
      FROM round r
      LEFT JOIN unnest($1::text[], $2::int[]) AS busy (host, count) ON busy.host = r.host
     CROSS JOIN LATERAL (
       SELECT message_sid, sequence, next_attempt_at FROM deliveries
        WHERE state = 'pending' AND is_due AND host = r.host AND r.place > 0
        ORDER BY next_attempt_at LIMIT greatest($3 - coalesce(busy.count, 0), 0) FOR UPDATE SKIP LOCKED
     ) d
     ORDER BY d.next_attempt_at LIMIT $4
  ), claimed AS (
    UPDATE deliveries d
       SET attempt_count = d.attempt_count + 1, next_attempt_at = now() + $5 * interval '1 millisecond', is_due = false
      FROM due WHERE d.message_sid = due.message_sid AND d.sequence = due.sequence
    RETURNING d.message_sid, d.sequence, d.account_sid, d.status, d.url, d.host, d.parameters, d.idempotency_token,
              d.attempt_count, d.uncounted_attempts, due.place, due.due_at,
              d.replay_of, d.is_probe,
              EXISTS (SELECT FROM endpoints e
                       WHERE e.account_sid = d.account_sid AND e.host = d.host AND e.paused_at IS NOT NULL) AS is_paused
  )
  SELECT * FROM claimed ORDER BY place, due_at`;
