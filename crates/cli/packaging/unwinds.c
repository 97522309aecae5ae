/* Ends with 0 if a panic could unwind in a program that is linked like this one: libgcc walks from the innermost function to `main`. */
#include <pthread.h>
#include <stdint.h>
#include <unwind.h>

static int is_main_found;
int main(void);

static _Unwind_Reason_Code frame(struct _Unwind_Context *context, void *nothing)
{
    (void)nothing;
    is_main_found |= (uintptr_t)_Unwind_GetRegionStart(context) == (uintptr_t)main;
    return _URC_NO_REASON;
}

__attribute__((noinline)) static int inner(int depth)
{
    if (depth > 0)
        return inner(depth - 1) + 1;
    _Unwind_Backtrace(frame, 0);
    return 0;
}

int main(void)
{
    pthread_key_t key;
    /* As Rust's threads do: from that, libgcc concludes that the other functions for threads are there as well. */
    if (pthread_key_create(&key, 0) != 0)
        return 2;
    return inner(5) == 5 && is_main_found ? 0 : 1;
}
