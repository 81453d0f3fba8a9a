/** An order and the word about it for others are stored in one transaction: neither is there without the other. */
export const schema = `
  create table if not exists orders (
    id uuid primary key, user_name text not null, sku text not null, quantity integer not null,
    placed_at timestamptz not null default now());
  create table if not exists outbox (
    position bigint generated always as identity primary key, order_id uuid not null,
    taken_until timestamptz not null default '-infinity')`
