import sqlalchemy as sa, socket, pytest
def test_fresh(database_url):
    e = sa.create_engine(database_url); print(sa.inspect(e).get_table_names()); e.dispose()
@pytest.mark.parametrize("n", range(20))
def test_many(database_url, n):
    e = sa.create_engine(database_url)
    with e.connect() as c: c.execute(sa.text("select 1"))
    e.dispose()
def test_bare(bare_database_url):
    e = sa.create_engine(bare_database_url); assert sa.inspect(e).get_table_names()==[]; e.dispose()
def test_net():
    with pytest.raises(AssertionError): socket.create_connection(("192.0.2.1",80),timeout=1)
def test_browser(page):
    page.set_content("<h1>都匀</h1>"); assert page.inner_text("h1")=="都匀"
