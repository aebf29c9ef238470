const svg = (tag, props, ...kids) => make(document.createElementNS('http://www.w3.org/2000/svg', tag), props, kids);
