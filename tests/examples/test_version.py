import zmq


def test_it_prints_what_is_installed(run) -> None:
    done = run("version/version.py")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert f"pyzmq {zmq.__version__}" in lines
    assert f"libzmq {zmq.zmq_version()}" in lines
    assert f"curve: {'yes' if zmq.has('curve') else 'no'}" in lines
