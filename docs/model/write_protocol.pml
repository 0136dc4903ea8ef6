/* The life of one operation that charges: requests under one key, its attempts, the PSP's idempotency, the resolver, events,
 * an operator and late charges, as in src/flow and src/store/statements. README.md tells how to read it.
 *
 * One atomic block is one SQL statement or one thing that happens at the PSP. Between two of them a process may stop for a
 * while (a pause beyond its lease, whose end is therefore not modelled) or for ever (a crash). What recovery then makes of
 * each state is computed by `recovery`.
 */

#ifndef REQUESTS
#define REQUESTS  2  /* of one key */
#endif
#ifndef RESOLVERS
#define RESOLVERS 1  /* workers, each looks again and again */
#endif
#ifndef OPERATORS
#define OPERATORS 1
#endif
#ifndef LOST_COMMITS
#define LOST_COMMITS 1
#endif
#ifndef MESSAGES
#define MESSAGES  2  /* on their way to the PSP at once */
#endif
#if defined(WITHOUT_RULE_3) || defined(WITHOUT_RULE_24_NUMBER)
#define LAST      3  /* the broken variant opens one attempt more */
#else
#define LAST      2  /* attempts */
#endif
#define TASKS     (REQUESTS + RESOLVERS)
#define NOBODY    (TASKS + 1)

/* Ticks. As in psp::Rules: a repeat under a taking younger than SAFE_AGE is executed before the key may be forgotten. */
#define CALL      1  /* psp_deadline: nothing is sent later than this after the clock was read */
#define LIFE      1  /* longest_request */
#define LAG       1  /* read_lag */
#define SAFE_AGE  2  /* and execute_until, which is never later */
#define KEY_LIFE  (SAFE_AGE - 1 + CALL + LIFE)
#if defined(WITHOUT_RULE_7_BOUND)
#define FENCE     (CALL + LAG)
#elif defined(WITHOUT_RULE_7_LAG_TIME)
#define FENCE     (CALL + LIFE)
#else
#define FENCE     (CALL + LIFE + LAG)
#endif
#ifdef WITHOUT_RULE_7_LAG_KEY
#define FENCED_LAG 0
#else
#define FENCED_LAG LAG
#endif

#define NONE         0  /* results of an attempt */
#define APPROVED     1
#define DECLINED     2
#define NOT_EXECUTED 3
#define UNKNOWN      4  /* judgements that keep it open … */
#define FENCES       5  /* … this one from the PSP's store (Verdict::fences) */

#define UNUSED       0  /* a key at the PSP; also one that is forgotten */
#define SUCCESS      1
#define ERROR        2
#define DECLINE      3

#define WAITING      0  /* what a call is answered */
#define YES          1
#define NO           2
#define REFUSED      3
#define ERROR_500    4  /* and whatever else is unclear */
#define REPLAYED_500 5

#define ADOPTED      1  /* late_charges */
#define COMPENSATED  2

/* ---- The database: the rows of one operation; the index is the attempt ---- */
bool claimed;                          /* idempotency_keys */
byte in_doubt;                         /* the intent that was submitted and not answered: its request + 1 */
unsigned last : 2;                     /* the highest attempt in operations */
byte result[LAST + 1];         /* operation_results */
unsigned open : 2;                     /* open_operations: the attempt, 0 for no row */
byte holder = NOBODY;                  /* its generation: who took it last. More is never asked of it. */
bool parked;
bool fenced;                           /* fenced_at is set … */
bit  fenced_lag;                       /* … and counts when this is 0 */
unsigned to_fence : 2;                 /* ticks until database now() is past send_until and the time fence */
unsigned age : 2;                      /* of the open attempt, not counted beyond SAFE_AGE */
byte late[LAST + 1];           /* late_charges */
bool watched;                          /* attempt 1 was closed by a human and is looked at again (rule 25) */
unsigned postings : 2;                 /* journals of successes */

/* ---- The PSP ---- */
byte standing[LAST + 1];       /* charges that were not given back */
bit  unseen[LAST + 1];                 /* ticks until reads show them */
byte key[LAST + 1];
byte key_left[LAST + 1];       /* ticks of its guaranteed life */
byte sent[MESSAGES];           /* requests on their way: the attempt, 0 for a free place */
bit  sent_left[MESSAGES];              /* ticks they may still live */
byte sent_by[MESSAGES] = NOBODY;       /* who waits for the answer */

/* ---- What tasks remember ---- */
byte answer[TASKS];
byte left[TASKS];              /* ticks until the call deadline; 0: passed */

/* ---- What clients were told, and what only a human may cause ---- */
bool told_200, told_402;
#ifdef WITHOUT_RULE_17_INTENT
bool told_202;
#endif
#ifdef WITHOUT_RULE_19_READ
bool told_nothing;
#endif
bool human;

#define is_open(a) (open == a && a > 0 && result[a] == NONE)
#if LAST == 3
#define standing_now (standing[1] + standing[2] + standing[3])
#else
#define standing_now (standing[1] + standing[2])
#endif
#define contradicted(a) (standing[a] > 0 && (result[a] == DECLINED || result[a] == NOT_EXECUTED))

/* Never two standing charges and never failed while charged: but where a human closed an attempt, until that is mended. */
inline check() {
    assert(human || standing_now <= 1);                  /* two standing charges */
    assert(human || (!contradicted(1) && !contradicted(2)));   /* failed while charged */
    assert(standing_now == 0 || (claimed && last > 0));  /* a charge that nobody knows of */
#ifdef WITHOUT_RULE_19_READ
    assert(!told_nothing || standing_now == 0);          /* charged after "nothing happened" */
#endif
    assert(postings <= 1)                                /* posted twice */
}

/* ---- Statements ---- */

inline insert_attempt(a) {
    last = a; open = a; holder = _pid; parked = false; fenced = false; fenced_lag = 0; to_fence = FENCE; age = 0
}

/* settle.sql: a fact, from anybody, where no result is stored; not_executed only under the lease's generation (rule 10). */
inline settle(a, outcome, won) {
    if
#ifdef WITHOUT_RULE_10
    :: is_open(a) ->
#else
    :: is_open(a) && (outcome != NOT_EXECUTED || holder == _pid) ->
#endif
        result[a] = outcome; open = 0; unseen[a] = 0; holder = NOBODY; parked = false; fenced = false; fenced_lag = 0; to_fence = 0; age = 0;
        won = true;
        if :: outcome == APPROVED -> postings++ :: else fi
    :: else -> won = false
    fi;
    check()
}

/* keep_open.sql: evidence, from the holder or not; only the holder releases and parks (rule 26). */
inline keep_open(a, fences) {
    if
    :: is_open(a) ->
        if :: fences && !fenced -> fenced = true; fenced_lag = FENCED_LAG :: else fi;
        if
        :: holder == _pid -> holder = NOBODY; if :: true :: parked = true fi
        :: else -> parked = false
        fi
    :: else
    fi
}

/* adopt.sql: n + 1, opened and closed as approved, where n is still the last and not_executed. */
inline adopt(n, won) {
    won = false;
    if
#if defined(WITHOUT_RULE_24_NUMBER)  /* max + 1, whoever opened the last */
    :: result[n] == NOT_EXECUTED && !late[n] && last < LAST -> last++; result[last] = APPROVED;
#elif defined(WITHOUT_RULE_24_LAST)  /* on what was read: a merchant's repeat may have opened n + 1 meanwhile */
    :: !late[n] && n < LAST -> if :: open == n + 1 -> open = 0; holder = NOBODY; parked = false :: else fi;
        last = n + 1; result[n + 1] = APPROVED;
#else
    :: last == n && result[n] == NOT_EXECUTED && !late[n] && n < LAST -> last = n + 1; result[n + 1] = APPROVED;
#endif
        late[n] = ADOPTED; postings++; won = true
    :: else
    fi;
    check()
}

/* compensate.sql: late_charges once; the compensating operation gives the charge back (its own life is not shown here). */
inline compensate(n) {
    if
    :: !late[n] -> late[n] = COMPENSATED;
#ifndef WITHOUT_RULE_24_COMPENSATION
        if :: standing[n] > 0 -> standing[n]-- :: else fi
#endif
#ifdef WITHOUT_RULE_24_ONCE
    :: late[n] == ADOPTED -> if :: standing[n] > 0 -> standing[n]-- :: else fi
#endif
    :: else
    fi;
    check()
}

/* ---- What tasks do ---- */

/* settle_late: a success that found attempt n closed (rule 24). */
inline settle_late(n) {
    do
    :: atomic { last == n && result[n] == NOT_EXECUTED && n < LAST && !late[n] -> skip };
        atomic { adopt(n, won); if :: won -> break :: else fi }
    :: atomic { else ->
        if
#ifdef WITHOUT_RULE_24_ONCE
        :: result[n] == APPROVED
        :: else -> compensate(n)
#else
        :: result[n] == APPROVED || late[n]
        :: else -> compensate(n)
#endif
        fi; break }
    od;
    won = false
}

inline read_clock() { left[_pid] = CALL + 1 }

/* The first byte leaves, or the deadline has passed, or no connection was to be had. */
inline send(a) {
    answer[_pid] = WAITING;
    if
    :: left[_pid] > 0 && sent[0] == 0 -> sent[0] = a; sent_left[0] = LIFE; sent_by[0] = _pid
    :: left[_pid] > 0 && sent[0] > 0 && sent[1] == 0 -> sent[1] = a; sent_left[1] = LIFE; sent_by[1] = _pid
#if MESSAGES > 2
    :: left[_pid] > 0 && sent[0] > 0 && sent[1] > 0 && sent[2] == 0 -> sent[2] = a; sent_left[2] = LIFE; sent_by[2] = _pid
#endif
    :: left[_pid] == 0 -> answer[_pid] = ERROR_500
    :: left[_pid] > 0 -> answer[_pid] = REFUSED
    fi
}

inline forget_answer() {
    if :: sent_by[0] == _pid -> sent_by[0] = NOBODY :: else fi;
    if :: sent_by[1] == _pid -> sent_by[1] = NOBODY :: else fi;
#if MESSAGES > 2
    if :: sent_by[2] == _pid -> sent_by[2] = NOBODY :: else fi;
#endif
    skip
}

/* send_execute and psp::judge: one call, its answer or a timeout. */
inline execute(a, only_call) {
#ifdef WITHOUT_RULE_12_CHECK
    /* looked at the deadline, was stopped, and sends when it wakes */
    atomic { old = left[_pid] > 0 };
    atomic { if :: old -> left[_pid] = 1 :: else fi; send(a); left[_pid] = 0; old = false };
#else
    atomic { send(a); left[_pid] = 0 };
#endif
    atomic {
        if
        :: answer[_pid] == WAITING -> outcome = UNKNOWN; forget_answer()  /* the deadline */
        :: answer[_pid] == YES -> outcome = APPROVED
        :: answer[_pid] == NO -> outcome = DECLINED
#ifdef WITHOUT_RULE_5
        :: answer[_pid] == REFUSED -> outcome = NOT_EXECUTED
#else
        :: answer[_pid] == REFUSED -> outcome = (only_call -> NOT_EXECUTED : UNKNOWN)
#endif
#ifdef WITHOUT_RULE_7_MARKED
        :: answer[_pid] == ERROR_500 -> outcome = FENCES
#else
        :: answer[_pid] == ERROR_500 -> outcome = UNKNOWN
#endif
        :: answer[_pid] == REPLAYED_500 -> outcome = FENCES
        fi;
        answer[_pid] = 0
    }
}

/* flow::settle: the judgement is written; who loses reads again. */
inline write(a) {
    if
    :: outcome == UNKNOWN || outcome == FENCES -> atomic { keep_open(a, outcome == FENCES) }
    :: else ->
        atomic { settle(a, outcome, won) };
        if :: !won && outcome == APPROVED -> settle_late(a) :: else fi
    fi
}

/* take.sql: one conditional update; ages are those of this statement. */
inline take(a) {
    if
    :: open > 0 ->
        a = open; holder = _pid;
#if defined(WITHOUT_RULE_13)
        may_send = true;
#elif defined(WITHOUT_RULE_13_CLOCK)
        if :: may_send = true :: may_send = age < SAFE_AGE fi;  /* a clock that is behind */
#elif defined(FORGETS_ERRORS) && !defined(WITHOUT_RULE_15)
        may_send = false;
#else
        may_send = age < SAFE_AGE;
#endif
        proves = (to_fence == 0 && !may_send) || (fenced && fenced_lag == 0 && age < SAFE_AGE);
#ifdef WITHOUT_RULE_7_FENCE
        proves = false;
#endif
#ifndef WITHOUT_RULE_7_FIRST_SEND
        if :: may_send -> to_fence = FENCE :: else fi
#endif
    :: else -> a = 0
    fi
}

/* The fenced look-up: what the PSP shows when it begins. */
inline look_up(a, outcome) {
    if
    :: standing[a] > 0 && unseen[a] == 0 -> outcome = APPROVED
    :: !(standing[a] > 0 && unseen[a] == 0) && key[a] == DECLINE -> outcome = DECLINED
#ifdef WITHOUT_RULE_8
    :: else -> outcome = (standing[a] == 0 -> NOT_EXECUTED : UNKNOWN)  /* "nothing to cancel" */
#else
    :: else -> outcome = (proves -> NOT_EXECUTED : UNKNOWN)
#endif
    fi
}

/* settle_open: the next step of what was taken, by the resolver or by a request that adopts. */
inline work_on(a) {
    if
    :: a > 0 && !proves && may_send && !parked -> execute(a, false)
    :: a > 0 && (proves || !may_send || parked) -> atomic { look_up(a, outcome) }
    :: else
    fi;
#ifdef WITHOUT_RULE_7_OLD_LOOK
    atomic { if :: a > 0 && outcome == UNKNOWN && to_fence == 0 && !may_send -> outcome = NOT_EXECUTED
                :: else fi };
#endif
    if :: a > 0 -> write(a) :: else fi;
    atomic { left[_pid] = 0; a = 0; outcome = NONE; may_send = false; proves = false; won = false }
}

/* ---- What clients are told ---- */

inline tell_stored() {
    if
    :: result[last] == APPROVED -> told_200 = true
    :: result[last] == DECLINED -> told_402 = true
    :: else
    fi;
    assert(!told_200 || result[last] == APPROVED);  /* a contradicted answer, or one that is not stored */
    assert(!told_402 || result[last] == DECLINED)
}

/* 202 when the stored result, read once more, is not there (rule 18). */
inline tell_pending() {
    if
    :: result[last] == NONE ->
        assert(!told_200 && !told_402 && last > 0)       /* a contradicted answer, or 202 of what is not stored */
    :: else -> tell_stored()
    fi
}

/* ---- Processes ---- */

/* OperationTask: the pids of the requests are 0 … REQUESTS - 1. */
active [REQUESTS] proctype request() {
    unsigned a : 2, n : 2, outcome : 3;
    bool won, may_send, proves;
#ifdef WITHOUT_RULE_12_CHECK
    bool old;
#endif

    read_clock();
#ifdef WITHOUT_RULE_17_INTENT
    told_202 = true;
#endif
begin: /* before_intent_commit */
    atomic {
        in_doubt == 0 ->  /* the unique index waits for an older transaction with this key */
        if
        :: !claimed -> if
            :: claimed = true; insert_attempt(1); a = 1; goto perform           /* after_intent_commit */
#if LOST_COMMITS > 0
            :: in_doubt = _pid + 1                                              /* no answer: it may be stored, or yet be */
#endif
            fi
        :: claimed -> goto stored
        fi
    };
#if defined(WITHOUT_RULE_19_RESUBMIT)
    atomic { a = 1; goto perform };
#elif defined(WITHOUT_RULE_19_READ)
    atomic { !claimed -> told_nothing = true; goto done };
#else
    /* submitted again with the same ids: what is stored may be its own */
    atomic {
        in_doubt == 0 ->
        if
        :: claimed && last == 1 && open == 1 && holder == _pid -> a = 1; goto perform
        :: claimed && !(last == 1 && open == 1 && holder == _pid) -> goto stored
        :: !claimed -> goto begin
        fi
    };
#endif

stored: /* answer_from_stored */
    atomic {
        n = last;
#ifdef WITHOUT_RULE_1
        if :: result[1] == NOT_EXECUTED && last == 2 -> assert(result[2] != APPROVED) :: else fi;  /* a contradicted answer */
#endif
        if
        :: result[last] == NONE -> goto wait_for_open
        :: result[last] == APPROVED || result[last] == DECLINED -> tell_stored(); goto done
        :: result[last] == NOT_EXECUTED && last < 2 -> goto repeat
        :: result[last] == NOT_EXECUTED && last >= 2 -> goto done
        fi
    };

repeat: /* before_next_attempt_commit */
    read_clock();
    atomic {
        if
#ifdef WITHOUT_RULE_3
        :: last < LAST -> insert_attempt(last + 1); a = last; n = 0
#elif defined(WITHOUT_RULE_2)
        :: last == n && result[n] == NOT_EXECUTED -> last = n + 1; a = last; n = 0
#else
        :: last == n && result[n] == NOT_EXECUTED -> insert_attempt(n + 1); a = last; n = 0
#endif
        :: else -> n = 0; goto stored
        fi
    };
#ifdef WITHOUT_RULE_2
    insert_attempt(a);
#endif

perform: /* before_psp_call, after_psp_answer, before_outcome_commit */
    n = 0;
    execute(a, true);
#ifdef WITHOUT_RULE_17_OUTCOME
    atomic { if :: outcome == APPROVED -> told_200 = true; assert(result[last] == APPROVED) :: else fi };  /* a lost acknowledgement: 200 of what is not stored */
#endif
    write(a);
    atomic {                                                                    /* after_outcome_commit */
        a = 0; outcome = NONE; won = false; tell_pending();
        if
        :: result[last] == NOT_EXECUTED -> goto stored                          /* 503: the merchant repeats the key */
        :: true -> goto done
        fi
    };

wait_for_open:
    n = 0;
    if
#ifdef WITHOUT_RULE_18
    :: atomic { assert(!told_200 && !told_402); goto done }  /* a contradicted answer: 202 after a final one */
#else
    :: atomic { tell_pending(); goto done }
#endif
    :: read_clock();                                                            /* before_adopting_take */
        atomic { take(a) };                                                     /* after_adopting_take */
        work_on(a);
        goto stored
    fi;
done:
    atomic { left[_pid] = 0; answer[_pid] = 0 }
}

/* Resolver::pass. */
#if RESOLVERS > 0
active [RESOLVERS] proctype resolver() {
    unsigned a : 2, outcome : 3;
    bool won, may_send, proves;
#ifdef WITHOUT_RULE_9
    bool young;
#endif
#ifdef WITHOUT_RULE_12_CHECK
    bool old;
#endif
end:
    do
    :: atomic { open > 0 -> read_clock() };
#ifdef WITHOUT_RULE_9
        young = age < SAFE_AGE;
        if
        :: young -> atomic { a = 1; may_send = true }  /* from the list that was read, without taking it */
        :: atomic { take(a) }
        fi;
#else
        atomic { take(a) };                            /* resolver_after_take */
#endif
#ifdef WITHOUT_RULE_12_CLOCK
        read_clock();                                  /* when the call begins, however long ago it was taken */
#endif
        work_on(a);
#ifdef WITHOUT_RULE_9
        young = false;
#endif
        left[_pid] = 0
    od
}
#endif

/* An event, the watch list, or anybody who is shown a success: whenever there is one. */
active proctype notice() {
    bool won;
end:
    do
    :: atomic { standing[1] > 0 && is_open(1) -> settle(1, APPROVED, won); won = false }
    :: atomic { standing[2] > 0 && is_open(2) -> settle(2, APPROVED, won); won = false }
#ifdef WITHOUT_RULE_24_ONCE
    :: human && standing[1] > 0 && result[1] == NOT_EXECUTED -> settle_late(1)
#else
    :: human && standing[1] > 0 && result[1] == NOT_EXECUTED && late[1] == 0 -> settle_late(1)
#endif
    od
}

/* An operator who concludes that nothing happened, under the lease (rule 25). */
#if OPERATORS > 0
active proctype operator() {
    bool won;
    atomic { open == 1 -> holder = _pid; human = true; settle(1, NOT_EXECUTED, won); won = false; watched = true }
}
#endif

/* The transaction whose answer was lost commits, or is rolled back. */
#if LOST_COMMITS > 0
active proctype lost_commit() {
end:
    do
    :: atomic { in_doubt > 0 ->
        if
        :: !claimed -> claimed = true; insert_attempt(1); holder = in_doubt - 1
        :: true
        fi;
        in_doubt = 0 }
    od
}
#endif

inline reply(m, what) {
    if :: sent_by[m] < TASKS && answer[sent_by[m]] == WAITING -> answer[sent_by[m]] = what :: else fi
}

inline execute_at_psp(m) {
    a = sent[m];
    if
    :: key[a] == SUCCESS -> reply(m, YES)
    :: key[a] == DECLINE -> reply(m, NO)
    :: key[a] == ERROR -> reply(m, REPLAYED_500)
    :: key[a] == UNUSED ->
        key_left[a] = KEY_LIFE;
        if
        :: key[a] = SUCCESS; standing[a]++; unseen[a] = LAG; reply(m, YES)
        :: key[a] = DECLINE; reply(m, NO)
#ifdef FORGETS_ERRORS
        :: standing[a]++; unseen[a] = LAG; key_left[a] = 0; reply(m, ERROR_500)
#else
        :: key[a] = ERROR; standing[a]++; unseen[a] = LAG; reply(m, ERROR_500)
        :: key[a] = ERROR; reply(m, ERROR_500)
#endif
        fi
    fi;
    a = 0;
    check()
}

#define free_place(m) sent[m] = 0; sent_left[m] = 0; sent_by[m] = NOBODY

/* The places are used in order, so that the same requests are one state. */
inline move_up() {
    if :: sent[0] == 0 && sent[1] > 0 -> sent[0] = sent[1]; sent_left[0] = sent_left[1]; sent_by[0] = sent_by[1]; free_place(1)
       :: else fi
#if MESSAGES > 2
    ; if :: sent[1] == 0 && sent[2] > 0 -> sent[1] = sent[2]; sent_left[1] = sent_left[2]; sent_by[1] = sent_by[2]; free_place(2)
         :: else fi
#endif
}

inline handle(m) {
    if
    :: execute_at_psp(m); free_place(m)
    :: sent_by[m] < TASKS -> sent_by[m] = NOBODY; execute_at_psp(m); free_place(m)         /* the answer is lost */
#ifdef DUPLICATES
    :: execute_at_psp(m); sent_by[m] = NOBODY                                              /* it comes a second time */
#endif
    :: sent_by[m] < TASKS -> reply(m, REFUSED); free_place(m)                              /* 429, credentials */
    :: sent_by[m] < TASKS -> reply(m, ERROR_500); sent_by[m] = NOBODY                      /* of its edge, nothing is stored */
    :: free_place(m)                                                                       /* the request is lost */
    fi;
    move_up()
}

active proctype psp() {
    unsigned a : 2;
end:
    do
    :: atomic { sent[0] > 0 -> handle(0) }
    :: atomic { sent[1] > 0 -> handle(1) }
#if MESSAGES > 2
    :: atomic { sent[2] > 0 -> handle(2) }
#endif
    od
}

#define less(x) if :: x > 0 -> x-- :: else fi
#define message_ages(m) if :: sent[m] > 0 && sent_left[m] == 0 -> free_place(m) :: sent[m] > 0 && sent_left[m] > 0 -> sent_left[m]-- :: else fi
#define key_ages(k) if :: key[k] != UNUSED && key_left[k] == 0 -> key[k] = UNUSED :: key[k] != UNUSED && key_left[k] > 0 -> key_left[k]-- :: else fi

active proctype tick() {
end:
    do
    :: d_step {
        true ->
        message_ages(0); message_ages(1);
#if MESSAGES > 2
        message_ages(2);
#endif
        move_up();
        key_ages(1); key_ages(2); less(unseen[1]); less(unseen[2]);
#if LAST > 2
        key_ages(3); less(unseen[3]);
#endif
        less(to_fence); less(fenced_lag);
        if :: open > 0 && age < SAFE_AGE -> age++ :: else fi;
        less(left[0]); less(left[1]);
#if TASKS > 2
        less(left[2]);
#endif
#if TASKS > 3
        less(left[3]);
#endif
#if TASKS > 4
        less(left[4]);
#endif
        skip }
    od
}

/* Everybody dies; what is on its way is executed (or lost); then a resolver and the watch list are alone with a PSP that
 * answers. Computed on copies, so that it adds no state: a loop at every state of the others. */
#define unsettled(a) (open == a && a > 0)
#ifdef WITHOUT_RULE_7_FENCE
#define is_proven(a) (key[a] != ERROR)  /* each repeat is answered with the stored 500 */
#else
#define is_proven(a) true               /* a replayed answer or the time is its fence, sooner or later */
#endif
inline recover(executed) {
        s1 = standing[1]; s2 = standing[2]; l = last; p = postings;
        if :: executed && key[1] == UNUSED && s1 == 0 && (sent[0] == 1 || sent[1] == 1) -> s1++ :: else fi;
        if :: executed && key[2] == UNUSED && s2 == 0 && (sent[0] == 2 || sent[1] == 2) -> s2++ :: else fi;
        r = result[last];
        if
        :: open == 1 && s1 > 0 || open == 2 && s2 > 0 -> r = APPROVED; p++
        :: open > 0 && !(open == 1 && s1 > 0 || open == 2 && s2 > 0) ->
            r = (key[open] == DECLINE -> DECLINED : (is_proven(open) -> NOT_EXECUTED : NONE))
        :: else
        fi;
#ifndef WITHOUT_RULE_25
        if
        :: watched && s1 > 0 && late[1] == 0 && result[1] == NOT_EXECUTED ->
            if
            :: last == 1 -> r = APPROVED; p++; l = 2
            :: last > 1 -> s1--
            fi
        :: else
        fi;
#endif
        assert(open == 0 || r != NONE);                         /* a stored 500 is never settled */
        assert(l == 0 || r != NONE);                            /* an operation that nobody finds */
#ifdef WITHOUT_RULE_17_INTENT
        assert(!told_202 || l > 0 || in_doubt > 0);             /* a lost acknowledgement: 202 of what is not stored */
#endif
        assert(!told_200 || r == APPROVED);                     /* a contradicted answer */
        assert(!told_402 || r == DECLINED);                     /* a contradicted answer */
#if LAST == 2
        assert(s1 + s2 == (r == APPROVED -> 1 : 0));            /* charged and not booked, or booked and not charged */
        assert(p == (r == APPROVED -> 1 : 0));                  /* posted twice, or never */
#endif
        r = 0; s1 = 0; s2 = 0; l = 0; p = 0
}

active proctype recovery() {
    unsigned r : 3, s1 : 2, s2 : 2, l : 2, p : 2;
end:
    do
    :: d_step { true -> recover(true) }
    :: d_step { true -> recover(false) }
    od
}
