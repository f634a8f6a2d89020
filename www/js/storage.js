// Kept for all tabs. Where storage is forbidden or full, memory stands in.

import { SCOPE } from "./share.js";

const PREFIX = `${SCOPE}chat.`;

// `open` is a function, since even naming localStorage may throw.
export function openStore(open) {
	const memory = new Map();

	function attempt(use, otherwise) {
		try {
			return use(open());
		} catch {
			return otherwise;
		}
	}

	return {
		/** @returns {string | null} */
		get: (name) => memory.get(name) ?? attempt((storage) => storage.getItem(PREFIX + name), null),

		set(name, value) {
			memory.set(name, value);
			attempt((storage) => {
				storage.setItem(PREFIX + name, value);
				memory.delete(name);
			});
		},

		remove(name) {
			memory.delete(name);
			attempt((storage) => storage.removeItem(PREFIX + name));
		},

		/** @returns {string[]} what follows `start`, sorted */
		names(start) {
			const begin = PREFIX + start;
			const all = new Set([...attempt(Object.keys, []), ...Array.from(memory.keys(), (name) => PREFIX + name)]);
			return [...all].flatMap((name) => (name.startsWith(begin) ? name.slice(begin.length) : [])).sort();
		},
	};
}
