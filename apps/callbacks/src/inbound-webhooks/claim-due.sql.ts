/**
 * From host to host through the index, and of each the oldest that are due, up to what it has room for: $3, less what $1 and $2 say it has
 * in hand; of these the oldest $4. $5: the lease in milliseconds.
 */
export const CLAIM_DUE = `
  WITH RECURSIVE hosts (host) AS (
    (SELECT host FROM inbound_webhooks WHERE state = 'pending' ORDER BY host LIMIT 1)
    UNION ALL
    SELECT (SELECT w.host FROM inbound_webhooks w WHERE w.state = 'pending' AND w.host > h.host ORDER BY w.host LIMIT 1)
      FROM hosts h WHERE h.host IS NOT NULL
  ), due AS (
    SELECT d.message_sid
      FROM hosts h
      LEFT JOIN unnest($1::text[], $2::int[]) AS busy (host, count) ON busy.host = h.host
     CROSS JOIN LATERAL (
       SELECT message_sid, next_attempt_at FROM inbound_webhooks
        WHERE state = 'pending' AND host = h.host AND next_attempt_at <= now()
        ORDER BY next_attempt_at LIMIT greatest($3 - coalesce(busy.count, 0), 0) FOR UPDATE SKIP LOCKED
     ) d
     ORDER BY d.next_attempt_at LIMIT $4
  )
  UPDATE inbound_webhooks w
     SET claim_count = w.claim_count + 1, next_attempt_at = now() + $5 * interval '1 millisecond'
    FROM due WHERE w.message_sid = due.message_sid
  RETURNING w.message_sid, w.account_sid, w.from_address, w.to_address, w.parameters, w.request, w.fallback, w.host,
            w.document_count, w.reply_count, w.claim_count, w.idempotency_token`;
