// tries: to be run in an actor's place, by lying in the cache as its glue
// ends: returns: 1
// runs: cache
// replaces: glue
// repeats: 10, what matters is the first
export const instantiate = () => ({ handle: () => '"owned"' });
