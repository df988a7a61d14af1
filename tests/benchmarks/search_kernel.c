/* The limit that the search is held against: the same question over the same bits, a word of 64 at a time.
 *
 * `taken` holds hard and soft bits of one person after another, `allowed` the starts that hours, grid and windows allow.
 * People with the same buffers stand together: `until[k]` is the number after the last of them. */
#include <stdint.h>
#include <string.h>

#define MOST 1024

static void smear(uint64_t *bits, int64_t words, int64_t count) {
    for (int64_t have = 1, by; have < count; have += by) {
        by = have < count - have ? have : count - have;
        int64_t far = by / 64, near = by % 64;
        for (int64_t at = 0; at + far < words; at++) {
            uint64_t moved = bits[at + far] >> near;
            if (near && at + far + 1 < words)
                moved |= bits[at + far + 1] << (64 - near);
            bits[at] |= moved;
        }
    }
}

static void raise_bits(uint64_t *bits, int64_t words, int64_t by) {
    int64_t far = by / 64, near = by % 64;
    for (int64_t at = words - 1; at >= 0; at--) {
        uint64_t moved = at >= far ? bits[at - far] << near : 0;
        if (near && at > far)
            moved |= bits[at - far - 1] >> (64 - near);
        bits[at] = moved;
    }
}

/* Writes every start, as seconds after `base`; says how many. */
int64_t starts(const uint64_t *taken, int64_t words, const int64_t *until, const int64_t *before, const int64_t *after,
               int64_t kinds, const uint64_t *allowed, int64_t length, int64_t base, int64_t *found) {
    uint64_t left[MOST], busy[MOST];
    int64_t count = 0, person = 0;
    memcpy(left, allowed, words * 8);
    for (int64_t kind = 0; kind < kinds; kind++) {
        memset(busy, 0, words * 8);
        for (; person < until[kind]; person++)
            for (int64_t side = 0; side < 2; side++)
                for (int64_t at = 0; at < words; at++)
                    busy[at] |= taken[(2 * person + side) * words + at];
        raise_bits(busy, words, before[kind]);
        smear(busy, words, before[kind] + length + after[kind]);
        for (int64_t at = 0; at < words; at++)
            left[at] &= ~busy[at];
    }
    for (int64_t at = 0; at < words; at++)
        for (uint64_t word = left[at]; word; word &= word - 1)
            found[count++] = base + (at * 64 + __builtin_ctzll(word)) * 300;
    return count;
}
