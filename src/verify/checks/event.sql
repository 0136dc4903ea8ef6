R"sql(
-- A payment's events are 1, 2, 3, … in the order of its versions, as many as it counts, and each has a document. Once the relay
-- has passed its link, an event stands in `events`, once and as its link has it; nothing else of a payment does.
with {items},
made as (
    select i.writer, i.link, i.operation_id, i.attempt, i.sequence as version, i.event,
           coalesce(r.payment_id, d.payment_id) as payment_id
    from items i
    left join operation_results r on r.operation_id = i.operation_id and r.attempt = i.attempt and r.version = i.sequence
    left join interim_documents d on d.operation_id = i.operation_id and d.version = i.sequence
    where i.event > 0),
counted as (
    select m.*, row_number() over (partition by payment_id order by version) as place,
           exists (select from relay_cursors c
                   where c.relay = 'events' and c.writer = m.writer and c.link >= m.link) as has_passed
    from made m where payment_id is not null),
told as (
    select e.*, row_number() over (partition by payment_id, sequence order by id) as copy from events e
    where e.payment_id is not null)
select concat('pay_', coalesce(c.payment_id, t.payment_id), ' event ', coalesce(c.event, t.sequence)) as subject,
       case when c.event is null then 'no link names it'
            when c.event <> c.place then 'in the order of versions it is number ' || c.place
            when t.sequence is null then case when c.has_passed then 'the relay has passed its link, and it is not in events' end
            when t.copy > 1 then 'it is in events again'
            when not c.has_passed then 'it is in events, and the relay has not passed its link'
            when (t.operation_id, t.attempt, t.version) is distinct from (c.operation_id, c.attempt, c.version)
                then concat('in events it is op_', t.operation_id, '-', t.attempt, ' version ', t.version, ', in its link op_',
                            c.operation_id, '-', c.attempt, ' version ', c.version) end as detail
from counted c full join told t on t.payment_id = c.payment_id and t.sequence = c.event
union all
select concat('op_', operation_id, '-', attempt, ' version ', version), 'it is an event without a document'
from made where payment_id is null
union all
select 'pay_' || q.id, concat('it counts ', q.events, ' events, its links name ', coalesce(n.events, 0))
from payments q left join (select payment_id, count(*) as events from made group by payment_id) n on n.payment_id = q.id
where q.events <> coalesce(n.events, 0)
)sql"
