/** What is sold, and what was taken of it for which order: the stock and its reservations change together. */
export const schema = `
  create table if not exists products (sku text primary key, name text not null, stock integer not null);
  create table if not exists reservations (
    order_id uuid primary key, sku text not null, quantity integer not null, shipped boolean not null default false);
  insert into products values
    ('atlas', 'an atlas of small islands', 1000000),
    ('kettle', 'a kettle that whistles', 1000000),
    ('lantern', 'a lantern for the garden', 1000000)
  on conflict do nothing`
