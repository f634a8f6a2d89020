// localStorage for Node: its items are its own properties there, too.

export function fakeStorage() {
	return Object.create({
		getItem(name) {
			return Object.hasOwn(this, name) ? this[name] : null;
		},
		setItem(name, value) {
			this[name] = String(value);
		},
		removeItem(name) {
			delete this[name];
		},
	});
}
