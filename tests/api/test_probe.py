import gzip, json, uuid
from tests.support.doors import staff_bearer
from tests.support.fhir import BASE, FHIR, open_file, write

def test_probe(app):
    c = staff_bearer(app, "practitioner", "CL-HP")
    f = open_file(app, c)
    body = {"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":f"Patient/{f.patient}"}}
    out = []
    def ask(method, path, data=None, headers=None, raw=False):
        h = {"Authorization": f"Bearer {c.token}", **(headers or {})}
        if data is not None and not isinstance(data,(bytes,str)): data=json.dumps(data)
        r = c.http.open(path if path.startswith("/") else f"{BASE}/{path}", method=method, data=data, headers=h)
        j = r.get_json(silent=True) if r.mimetype.endswith("json") else None
        code = (j or {}).get("issue",[{}])[0].get("code") if isinstance(j,dict) else None
        out.append(f"{method:6} {path[:90]:90} {r.status_code} {r.mimetype} {(j or {}).get('resourceType') if isinstance(j,dict) else repr(r.data[:60])} {code} {dict((k,v) for k,v in r.headers if k in ('ETag','Last-Modified','Location','Allow','Accept-Patch','Vary','Content-Length','Accept-Encoding','Retry-After'))}")
        return r
    o = write(c, body).get_json(); oid=o["id"]; P=f"Observation/{oid}"
    for m in ("GET","HEAD","OPTIONS","PUT","POST","PATCH","DELETE","TRACE","PROPFIND"):
        ask(m, "metadata")
    ask("POST", P, body, FHIR); ask("PUT","",body,FHIR); ask("DELETE",""); ask("PATCH",f"{P}/_history/1",[],FHIR); ask("DELETE",f"{P}/_history"); ask("PUT",f"{P}/_history/1",body,FHIR)
    ask("POST","Observation/_search", b"", {"Content-Type":"application/x-www-form-urlencoded"})
    ask("POST","Observation/_search", None, {})
    ask("POST","Observation/_search", {}, FHIR)
    ask("GET","Observation/_search?_count=1")
    ask("GET",P,None,{"If-Modified-Since":"Fri, 27 Nov 2099 00:00:00 GMT"})
    ask("GET",P,None,{"If-None-Match":"*"}); ask("GET",P,None,{"If-None-Match":'"1"'}); ask("GET",P,None,{"If-None-Match":'W/"2", W/"1"'})
    ask("HEAD",P); ask("HEAD","Observation"); ask("HEAD",f"{P}/_history"); ask("HEAD","Patient/$everything"); ask("HEAD",f"Patient/{f.patient}/$everything")
    for a in ("application/fhir+json; fhirVersion=4.0","application/fhir+json;fhirVersion=5.0","application/fhir+xml","application/json;q=0","*/*;q=0.1","text/html","text/html,application/xhtml+xml,*/*;q=0.8","application/fhir+json;charset=gbk",";;;","application/fhir+json;q=abc"):
        ask("GET",P,None,{"Accept":a}); out[-1]+=" Accept="+a
    for a in ("xml","json","application/fhir%2Bjson","application/fhir+json","html","json;fhirVersion=4.0"):
        ask("GET",f"{P}?_format={a}")
    for ct in ("application/fhir+json; charset=utf-8","application/fhir+json; charset=gbk","application/fhir+json; fhirVersion=4.0","application/fhir+json; fhirVersion=3.0","text/plain","","application/xml","APPLICATION/FHIR+JSON"):
        ask("POST","Observation",body,{"Content-Type":ct}); out[-1]+=" CT="+ct
    z=gzip.compress(json.dumps(body).encode())
    ask("POST","Observation",z,{**FHIR,"Content-Encoding":"gzip"}); ask("POST","Observation",z,{**FHIR,"Content-Encoding":"br"}); ask("POST","Observation",json.dumps(body),{**FHIR,"Content-Encoding":"identity"})
    bomb=gzip.compress(b" "*50_000_000)
    ask("POST","Observation",bomb,{**FHIR,"Content-Encoding":"gzip"})
    ask("POST","Observation",b" "*11_000_000,FHIR)
    ask("POST","Observation",b"["*100000,FHIR); ask("POST","Observation",b'{"a":'*100000,FHIR)
    ask("POST","Observation",b'{"resourceType":"Observation","resourceType":"Observation"}',FHIR)
    ask("POST","Observation",b'{"resourceType":"Observation","status":"\\u0000"}',FHIR); ask("POST","Observation",b'\xff\xfe',FHIR); ask("POST","Observation",b'',FHIR); ask("POST","Observation",b'null',FHIR); ask("POST","Observation",b'[]',FHIR)
    ask("PUT",f"Observation/{uuid.uuid4()}",{**body,"id":str(uuid.uuid4())},{**FHIR,"If-Match":'W/"1"'}); ask("PUT","Observation/abc",{**body,"id":"abc"},{**FHIR,"If-Match":'W/"1"'})
    ask("PUT",P,{**body,"id":oid},FHIR); ask("PUT",P,{**body,"id":oid},{**FHIR,"If-Match":"abc"}); ask("PUT",P,{**body,"id":oid},{**FHIR,"If-Match":'*'})
    for pref in ("return=minimal","return=representation","return=OperationOutcome","return=bogus","respond-async"):
        ask("POST","Observation",body,{**FHIR,"Prefer":pref}); out[-1]+=" P="+pref
    for q in ("_summary=true","_summary=text","_summary=data","_summary=bogus","_elements=status","_elements=","_elements=bogus","_summary=true&_elements=status","_count=0","_count=-1","_count=abc","_count=1000000","_total=accurate","_total=bogus","_sort=bogus","_sort=-date,code","bogus=1","code=","code=%20","_id=","_id=a,b","date=bogus","date=2024-13","date=ge","patient=","patient=bogus","patient=Patient/bogus","subject:Patient=x","subject:Device=x","code:bogus=1","code:in=http://x","code:not=x","code:missing=true","code:missing=bogus","_lastUpdated=ge2020","_lastUpdated=bogus","value-quantity=5","value-quantity=5||","value-quantity=ap5|http://unitsofmeasure.org|mg","value-quantity=x","_include=Observation:subject","_include=bogus","_include=Observation:bogus","_include=*","_revinclude=*","_revinclude=Provenance:target","_has:Provenance:target:agent=x","_has:bogus","_profile=http://x","_tag=x","_security=x","_text=x","_content=x","_list=x","_filter=x","_query=x","_contained=true","_type=Patient","_source=x","_cursor=bogus","_format=json&_pretty=true","subject.name=x","subject.bogus=x","subject.organization.name=x","combo-code-value-quantity=x$5","component-code-value-concept=a$b","code=a%00b","code=%ff","code="+"a"*3000, "identifier=a%7Cb%7Cc","code:text=x","subject:identifier=a%7Cb"):
        r=ask("GET",f"Observation?{q}")
    for q in ("_id=x","_type=Observation&status=final","_type=Bogus","_lastUpdated=ge2020","status=final",""):
        ask("GET",f"?{q}")
    for p in ("Bogus","Bogus/1","Observation/bogus","Observation/bogus/_history","Observation/bogus/_history/1",f"{P}/_history/0",f"{P}/_history/99",f"{P}/_history/abc",f"{P}/bogus",f"{P}/$bogus","Observation/$bogus","$bogus","AuditEvent/x","Patient/$everything","Patient/bogus/$everything",f"Patient/{f.patient}/Bogus",f"Patient/{f.patient}/*",f"Patient/{f.patient}/Observation",f"{P}/_history?_count=0",f"{P}/_history?_count=1&_since=2020-01-01T00:00:00Z",f"{P}/_history?_since=2020",f"{P}/_history?_at=2020"):
        ask("GET",p)
    ask("GET",P,None,{"Authorization":"Bearer x"}); ask("GET",P,None,{"Authorization":""})
    open("/tmp/probe.txt","w").write("\n".join(out))
