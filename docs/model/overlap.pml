/* Captures, voids and refunds of one payment that overlap: reservations, keys and what the PSP makes of them (rules 20 to 23).
 * README.md tells how to read it. Two units are authorized; three operations of any kind come at once.
 */

#ifndef OPERATIONS
#define OPERATIONS 3
#endif
#define AUTHORIZED 2

#define CAPTURE_1   0  /* one of two; without multiple captures the last one: the PSP releases the rest */
#define CAPTURE_ALL 1
#define VOID        2
#define REFUND_1    3

#define OPEN        0
#define APPROVED    1
#define DECLINED    2  /* stored, 422 */
#define BUSY        3  /* 409: nothing is stored */

bool multiple, decided;                /* multiple captures are granted */

/* ---- The database ---- */
byte capturing, captured, voiding, voided, refunding, refunded;
bool open_void;                        /* an open row of a void, or of a capture that is final */
byte open_any;                         /* open rows */
byte status[OPERATIONS];

/* ---- The PSP: one object with amounts of its own ---- */
byte held = AUTHORIZED, taken, given_back;
bool executed[OPERATIONS];                 /* under its key and in its metadata */
bool kept[OPERATIONS];                 /* the key still knows it */

#define captures      (kind == CAPTURE_1 || kind == CAPTURE_ALL)
#define may_capture   (multiple || captured + capturing == 0)
#define settled_held (AUTHORIZED - captured - voided)
#define free_held    (AUTHORIZED - captured - capturing - voided - voiding)
#define free_captured (captured - refunded - refunding)

inline check() {
    assert(captured + capturing + voided + voiding <= AUTHORIZED);
    assert(refunded + refunding <= captured)
}

/* The books and the PSP agree when nothing is open. */
inline agree() {
    assert(captured == taken);                          /* books and PSP differ: captured */
    assert(refunded == given_back);                     /* books and PSP differ: refunded */
    assert(AUTHORIZED - captured - voided == held)      /* books and PSP differ: held */
}

/* execute() at the PSP: what its state refuses is not done. */
inline psp_execute() {
    if
    :: executed[_pid] && kept[_pid] -> yes = true                                  /* the stored answer */
    :: else ->
        if
        :: captures && held >= amount && (multiple || taken == 0) -> taken = taken + amount; yes = true;
            if :: multiple -> held = held - amount :: else -> held = 0 fi
        :: kind == VOID && held > 0 -> held = 0; yes = true
        :: kind == REFUND_1 && taken > given_back -> given_back++; yes = true
        :: else -> yes = false
        fi;
        if :: yes -> executed[_pid] = true; kept[_pid] = true :: else fi
    fi
}

active [OPERATIONS] proctype operation() {
    unsigned kind : 2, amount : 2, rest : 2;
    bool yes, repeated, reserved_only;

    atomic { if :: !decided -> decided = true; if :: multiple = true :: true fi :: else fi };
    if :: kind = CAPTURE_1 :: kind = CAPTURE_ALL :: kind = VOID :: kind = REFUND_1 fi;

again: /* decide() on the payment as read, then reserve.sql: locks, compares the version, claims the key, reserves */
    atomic {
        amount = 0; rest = 0;
        if
#ifndef WITHOUT_RULE_22
        :: open_void || (kind == VOID && open_any > 0) -> status[_pid] = BUSY; goto done
        :: !(open_void || (kind == VOID && open_any > 0)) ->
#else
        :: true ->
#endif
            if
            :: kind == CAPTURE_1 && free_held >= 1 && may_capture -> amount = 1
            :: kind == CAPTURE_ALL && free_held >= 1 && may_capture -> amount = free_held
            :: kind == VOID && free_held >= 1 -> amount = free_held
            :: kind == REFUND_1 && free_captured >= 1 -> amount = 1
            :: else ->
                /* 422 only against settled amounts; what open reservations refuse is 409 (rule 20) */
                reserved_only = (kind == REFUND_1 -> captured - refunded >= 1 || capturing > 0
                                                  : (settled_held >= 1 && (multiple || captured == 0)));
#ifdef WITHOUT_RULE_20
                status[_pid] = DECLINED; assert(!reserved_only);  /* a final 422 of what is only busy */
#else
                if :: reserved_only -> status[_pid] = BUSY :: else -> status[_pid] = DECLINED fi;
#endif
                reserved_only = false;
                goto done
            fi
        fi;
#ifndef WITHOUT_RULE_23
        if :: kind == CAPTURE_1 && !multiple -> rest = free_held - 1 :: else fi;
#endif
        if
        :: captures -> capturing = capturing + amount; voiding = voiding + rest
        :: kind == VOID -> voiding = voiding + amount
        :: kind == REFUND_1 -> refunding = refunding + amount
        fi;
        if :: kind == VOID || rest > 0 -> open_void = true :: else fi;
        open_any++;
        check()
    };

call: /* the answer may be lost, and the key forgotten, then it is sent again and the object read */
    atomic {
        psp_execute();
        if
        :: true
        :: !repeated -> repeated = true; if :: true :: kind == VOID || (captures && !multiple) -> kept[_pid] = false fi; goto call
        fi;
#ifdef WITHOUT_RULE_21
        skip
#else
        if :: !yes && repeated && executed[_pid] -> yes = true :: else fi  /* the object says that it was done */
#endif
    };

    /* settle.sql: what was reserved becomes final, or is given back */
    atomic {
        if
        :: captures ->
            capturing = capturing - amount; voiding = voiding - rest;
            if :: yes -> captured = captured + amount; voided = voided + rest :: else fi
        :: kind == VOID -> voiding = voiding - amount; if :: yes -> voided = voided + amount :: else fi
        :: kind == REFUND_1 -> refunding = refunding - amount; if :: yes -> refunded = refunded + amount :: else fi
        fi;
        if :: kind == VOID || rest > 0 -> open_void = false :: else fi;
        open_any--;
        status[_pid] = (yes -> APPROVED : DECLINED);
        check();
        if :: open_any == 0 -> agree() :: else fi
    };
done:
    amount = 0; rest = 0; yes = false; repeated = false
}
