/* What Debian's libgcc asks of the C library when a panic unwinds, and musl has not: in which object an address is, and where its frames are.
   See dlfcn.h of glibc 2.35 or later. */
#define _GNU_SOURCE
#include <link.h>
#include <stdint.h>
#include <string.h>

struct found {
    unsigned long long flags;
    void *start, *end;
    void *link_map;
    void *frames;
    unsigned long long reserved[7];
};

struct search {
    uintptr_t address;
    struct found *found;
};

static int look(struct dl_phdr_info *object, size_t size, void *data)
{
    struct search *search = data;
    const ElfW(Phdr) *frames = NULL;
    uintptr_t first = UINTPTR_MAX, last = 0;
    int is_inside = 0;
    (void)size;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        uintptr_t start = object->dlpi_addr + part->p_vaddr, end = start + part->p_memsz;
        if (part->p_type == PT_GNU_EH_FRAME)
            frames = part;
        if (part->p_type != PT_LOAD)
            continue;
        first = start < first ? start : first;
        last = end > last ? end : last;
        is_inside |= search->address >= start && search->address < end;
    }
    if (!is_inside || frames == NULL)
        return 0;
    memset(search->found, 0, sizeof *search->found);
    search->found->start = (void *)first;
    search->found->end = (void *)last;
    search->found->frames = (void *)(object->dlpi_addr + frames->p_vaddr);
    return 1;
}

int _dl_find_object(void *address, struct found *found)
{
    struct search search = {(uintptr_t)address, found};
    return dl_iterate_phdr(look, &search) ? 0 : -1;
}
