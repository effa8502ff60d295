#include <troupe_state.h>

troupe_json handle(troupe_json task) {
  troupe_entry was = troupe_state_entry("list");
  troupe_list list = {0}, names = {0};
  troupe_cursor at = troupe_each(troupe_entry_json(was));
  while (troupe_next(&at)) troupe_add(&list, at.value);
  troupe_add(&list, task);
  troupe_json items = troupe_list_done(&list);
  bool first = troupe_state_swap("list", was, items, TROUPE_FOR_GOOD);
  bool late = troupe_state_swap("list", was, troupe_null(), 1000);
  troupe_state_set("gone", troupe_bool(true), 60000);
  bool removed = troupe_state_delete("gone");
  int64_t sum = troupe_state_add("count", -3);
  troupe_keys keys = troupe_state_keys("", "", 10);
  for (size_t n = 0; n < keys.count; n++) troupe_add(&names, troupe_text(keys.items[n]));
  troupe_failure refusal = {0};
  troupe_state_add("list", 1);
  troupe_catch(&refusal);
  return troupe_object({"list", troupe_state_get("list")}, {"first", troupe_bool(first)},
                       {"late", troupe_bool(late)}, {"removed", troupe_bool(removed)}, {"sum", troupe_int(sum)},
                       {"keys", troupe_list_done(&names)}, {"refusal", troupe_text(refusal.kind)});
}
