// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// Node at work: an HTTP server and its clients over TCP and a unix socket, datagrams, a connection handed to a child.
const { fork } = require('child_process');
const dgram = require('dgram');
const http = require('http');
const net = require('net');

const dir = process.argv[2];

function listen(server, ...where) {
	return new Promise((done) => server.listen(...where, () => done(server.address())));
}

function ask(options, body) {
	return new Promise((done, fail) => {
		const r = http.request(options, (answer) => {
			let n = 0;
			answer.on('data', (b) => { n += b.length; });
			answer.on('end', () => done(n));
		});
		r.on('error', fail);
		r.end(body);
	});
}

async function web() {
	const server = http.createServer((request, answer) => {
		request.resume();
		request.on('end', () => answer.end('x'.repeat(request.url === '/large' ? 300000 : 20)));
	});
	const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
	const { port } = await listen(server, 0, '127.0.0.1');
	const to = { host: '127.0.0.1', port, agent };

	for (const path of ['/', '/large', '/'])
		await ask({ ...to, path });
	await Promise.all(Array.from({ length: 8 }, () => ask({ ...to, path: '/large', method: 'POST' }, 'y'.repeat(200000))));
	await ask({ host: 'localhost', port, family: 4, path: '/' });
	agent.destroy();
	server.close();

	const local = http.createServer((request, answer) => answer.end('local'));
	await listen(local, `${dir}/web.socket`);
	await ask({ socketPath: `${dir}/web.socket`, path: '/' });
	local.close();
	await ask({ host: '127.0.0.1', port, path: '/' }).then(() => process.exit(3), () => {});	// refused
}

function datagrams() {
	return new Promise((done) => {
		const a = dgram.createSocket('udp4'), b = dgram.createSocket('udp4');
		let left = 40;
		a.on('message', (text, from) => a.send(`echo ${text}`, from.port, from.address));
		b.on('message', () => {
			if (--left === 0) {
				a.close();
				b.close(done);
			}
		});
		a.bind(0, '127.0.0.1', () => {
			a.setRecvBufferSize(1 << 20);
			a.setTTL(7);
			for (let i = 0; i < 40; i++)
				b.send([`datagram ${i} `, 'in two parts'], a.address().port, '127.0.0.1');
		});
	});
}

// A child takes a connection, which arrives as SCM_RIGHTS, and answers on it.
async function hand_over() {
	const child = fork(__filename, [dir, 'child']);
	const server = net.createServer({ pauseOnConnect: true }, (s) => child.send('take', s));
	const { port } = await listen(server, 0, '127.0.0.1');

	await new Promise((done) => net.connect(port, '127.0.0.1').on('data', () => {}).on('close', done));
	server.close();
	child.disconnect();
	await new Promise((done) => child.on('exit', done));
}

if (process.argv[3] === 'child')
	process.on('message', (text, s) => s.end(`${text}n`));
else
	web().then(datagrams).then(hand_over);
