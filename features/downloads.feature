@CAT-PRV-2503
Feature: A download goes on where it was cut, and is given to nobody before it is what it should be

  `HttpFetcher` fetches `hf:` and `https:` references by what is missing of them. Here it is put to a hub on this machine that is as odd as
  hubs can be.

  Background:
    Given a hub with "org/model" of these files:
      | path            | bytes | kept    |
      | small.json      | 40    | by git  |
      | model.gguf      | 300   | largely |

  Rule: A cut costs what was on its way

    @slow
    Scenario Outline: A cut behind every byte of <what> is made good, and no byte is fetched twice
      When "<ref>" is fetched with a cut behind each of its bytes, one time after the other
      Then each time it is what it is on the hub, and was sent once

      Examples:
        | what                              | ref                       |
        | a large file                      | hf:org/model/model.gguf   |
        | a file that git keeps             | hf:org/model/small.json   |
        | a file of the web with a tag      | <plain>                   |

    @slow
    Scenario Outline: Behind every cut a file <of> is begun again, since nothing tells that the rest is of the same content
      Given a file of the web with 60 bytes, and <headers>
      When "<plain>" is fetched with a cut behind each of its bytes, one time after the other
      Then each time it is what it is on the web, and was sent from its beginning after the cut

      Examples:
        | of                        | headers                                                                   |
        | without a tag             | {}                                                                        |
        | with a weak tag           | {"etag":"W/\"1\""}                                                        |
        | that was changed just now | {"last-modified":"<now>"}                                                 |

    @slow
    Scenario: With a digest to hold it against a file of the web goes on without a tag
      Given a file of the web with 60 bytes, and {}
      When "<plain>" is fetched by its digest with a cut behind each of its bytes, one time after the other
      Then each time it is what it is on the web, and was sent once

    Scenario: What changes meanwhile is fetched as it is now, and nothing of both
      Given a file of the web with 60 bytes, and {"etag":"\"1\""}
      When "<plain>" is cut behind 20 bytes, and is another file with 60 bytes and {"etag":"\"2\""} from then on
      Then it is what it is on the web now
      And it was begun again because its content has changed

    Scenario: A file that another process began is gone on with
      When "hf:org/model/model.gguf" is fetched by spans of 100 bytes, and the hub is away behind 150 bytes
      Then the fetch is refused with IoError, because it is unreachable
      And 150 bytes of it are told as a partial download of 300
      When the hub is back, and another fetcher fetches it
      Then it is what it is on the hub, and was sent once
      And there is no partial download

    Scenario: A file that is there and was never given to the catalog is read again, and not fetched
      When "hf:org/model/model.gguf" is fetched, and the catalog dies before it has it
      And another fetcher fetches it
      Then it is what it is on the hub, and was sent once

    Scenario: What is damaged of it meanwhile is found, and fetched anew
      When "hf:org/model/model.gguf" is fetched, and the catalog dies before it has it
      And a byte of what was fetched is changed
      And another fetcher fetches it
      Then it is what it is on the hub

    Scenario Outline: A record of a download that is <what> is no record
      When "hf:org/model/model.gguf" is fetched by spans of 100 bytes, and the hub is away behind 150 bytes
      Then the fetch is refused with IoError, because it is unreachable
      When its record is made <record>
      And the hub is back, and another fetcher fetches it
      Then it is what it is on the hub

      Examples:
        | what                      | record                                                                                              |
        | cut off                   | {"schema":"catalog-core-provisioner/part"                                                            |
        | empty                     |                                                                                                      |
        | of another version        | {"schema":"catalog-core-provisioner/part","version":2,"done":[[0,300]]}                              |
        | of more than there is     | {"schema":"catalog-core-provisioner/part","version":1,"size":300,"done":[[0,300]]}                   |
        | of spans in disorder      | {"schema":"catalog-core-provisioner/part","version":1,"size":300,"done":[[90,100],[0,50]]}           |
        | of another file           | {"schema":"catalog-core-provisioner/part","version":1,"size":7,"validator":"x","done":[[0,7]]}        |
        | wrong about its bytes     | {"schema":"catalog-core-provisioner/part","version":1,"size":300,"validator":"<tag>","done":[[0,160]]} |

  Rule: Large files are fetched by several requests at a time

    Scenario Outline: By <parallel> requests at a time each byte is asked for once, also where every third of them is cut
      When "hf:org/model/model.gguf" is fetched by spans of 32 bytes, <parallel> at a time, with every third request cut in the middle
      Then it is what it is on the hub, and was sent once

      Examples:
        | parallel |
        | 1        |
        | 4        |
        | 16       |

    Scenario: A hub that cannot give parts gives the whole, once
      Given the hub gives whole files only
      When "hf:org/model/model.gguf" is fetched by spans of 32 bytes, 4 at a time
      Then it is what it is on the hub, and was sent once

  Rule: However a server answers, what is given is right, or it is refused

    Scenario Outline: A server that answers <manner> comes to <outcome>
      Given the next answers with bytes are <answers>
      When "<plain>" is fetched
      Then the fetch comes to <outcome>

      Examples:
        | manner                             | answers                                                                          | outcome                  |
        | with a part that was not asked for | [{"shiftBy":10}]                                                                 | what is there            |
        | with less than was asked for       | [{"less":10}]                                                                    | what is there            |
        | with more than it says             | [{"more":"and more","length":"chunked"}]                                         | what is there            |
        | with a part that is none           | [{"headers":{"content-range":"bytes x"}}]                                        | what is there            |
        | 429                                | [{"status":429,"headers":{"retry-after":"7"}}]                                   | what is there            |
        | 503 four times                     | [{"status":503},{"status":503},{"status":503},{"status":503}]                    | what is there            |
        | 503 six times                      | [{"status":503},{"status":503},{"status":503},{"status":503},{"status":503},{"status":503}] | IoError: unreachable |
        | with the beginning, and says nothing more | [{"stallAfter":30}]                                                       | what is there            |
        | nothing at all                     | [{"cutAfter":0}]                                                                 | what is there            |
        | in chunks                          | [{"whole":true,"length":"chunked"}]                                              | what is there            |
        | in chunks that are cut             | [{"whole":true,"length":"chunked","cutAfter":10}]                                | what is there            |
        | until the connection ends          | [{"whole":true,"length":"by connection"}]                                        | IoError: no-end          |
        | compressed                         | [{"headers":{"content-encoding":"gzip"}}]                                        | IoError: encoded         |
        | 524 once                           | [{"status":524}]                                                                 | what is there            |
        | 501                                | [{"status":501}]                                                                 | IoError: refused         |
        | 404                                | [{"status":404}]                                                                 | NotFound                 |
        | 403                                | [{"status":403}]                                                                 | PermissionDenied         |
        | 418                                | [{"status":418}]                                                                 | IoError: refused         |
        | with a redirect to itself          | [{"status":302,"headers":{"location":""}},{"status":302,"headers":{"location":""}},{"status":302,"headers":{"location":""}},{"status":302,"headers":{"location":""}},{"status":302,"headers":{"location":""}},{"status":302,"headers":{"location":""}},{"status":302,"headers":{"location":""}},{"status":302,"headers":{"location":""}},{"status":302,"headers":{"location":""}},{"status":302,"headers":{"location":""}},{"status":302,"headers":{"location":""}}] | IoError: redirects |
        | with a redirect to a file          | [{"status":302,"headers":{"location":"file:///etc/passwd"}}]                     | IoError: redirects       |
        | with more than any disk holds      | [{"headers":{"content-range":"bytes 0-199/4503599627370496"}}]                    | NoSpace                  |
        | with a part for the whole, for ever | ["always",{"shiftBy":10}]                                                       | what is there            |

    Scenario: What is cut for ever is refused, and what has come is kept
      Given all answers with bytes are {"cutAfter":0}
      When "<plain>" is fetched
      Then the fetch comes to IoError: unreachable

    Scenario: An empty file is fetched
      Given a file of the web with 0 bytes, and {"etag":"\"0\""}
      When "<plain>" is fetched
      Then the fetch comes to what is there

  Rule: What came is held against what was said of it

    Scenario: Content that is not what the hub says of it is fetched anew once, and then refused
      Given the hub keeps other bytes than it says for "model.gguf"
      When "hf:org/model/model.gguf" is fetched by spans of 100 bytes, 2 at a time
      Then the fetch comes to DigestMismatch
      And nothing of it is left

    Scenario: A small file is held against what git says of it
      Given the hub keeps other bytes than it says for "small.json"
      When "hf:org/model/small.json" is fetched
      Then the fetch comes to DigestMismatch
      And nothing of it is left

    Scenario: What the hub says is other than what the caller says is refused before a byte is fetched
      When "hf:org/model/model.gguf" is fetched by a wrong digest
      Then the fetch comes to DigestMismatch
      And no byte of it was fetched

    Scenario: Content of the web that is not what the caller says is refused
      Given a file of the web with 60 bytes, and {"etag":"\"1\""}
      When "<plain>" is fetched by a wrong digest
      Then the fetch comes to DigestMismatch
      And nothing of it is left

  Rule: A reference means one model

    Scenario Outline: Of a repository with <files>, "<ref>" means <meant>
      Given a hub with "org/many" of <files>
      When "<ref>" is fetched
      Then the fetch comes to <meant>

      Examples:
        | files                                                       | ref                       | meant                                                        |
        | a-Q4_K_M.gguf a-Q4_K.gguf a-Q8_0.gguf                       | hf:org/many:Q4_K          | the file a-Q4_K.gguf                                         |
        | a-Q4_K_M.gguf a-Q4_K.gguf a-Q8_0.gguf                       | hf:org/many:q8_0          | the file a-Q8_0.gguf                                         |
        | a-Q4_K_M.gguf a-Q8_0.gguf                                   | hf:org/many:Q5            | NotFound                                                     |
        | a-Q4_K_M.gguf b-Q4_K_M.gguf                                 | hf:org/many:Q4_K_M        | InvalidArgument                                              |
        | a-Q4_K_M.gguf a-Q8_0.gguf README.md                         | hf:org/many               | InvalidArgument                                              |
        | a.gguf mmproj-a.gguf README.md                              | hf:org/many               | the file a.gguf                                              |
        | a-00001-of-00002.gguf a-00002-of-00002.gguf                 | hf:org/many               | the files a-00001-of-00002.gguf a-00002-of-00002.gguf        |
        | a-00001-of-00002.gguf a-00002-of-00002.gguf                 | hf:org/many/a-00001-of-00002.gguf | the files a-00001-of-00002.gguf a-00002-of-00002.gguf |
        | Q4/a-00001-of-00002.gguf Q4/a-00002-of-00002.gguf Q8/a.gguf | hf:org/many/Q4            | the files a-00001-of-00002.gguf a-00002-of-00002.gguf        |
        | Q4/a-00001-of-00002.gguf Q4/a-00002-of-00002.gguf Q8/a.gguf | hf:org/many:Q8            | the file a.gguf                                              |
        | config.json model.safetensors pytorch_model.bin onnx/m.onnx .gitattributes | hf:org/many | the directory many with config.json model.safetensors        |
        | config.json pytorch_model.bin                               | hf:org/many               | the directory many with config.json pytorch_model.bin        |
        | sub/config.json sub/a.safetensors other.safetensors         | hf:org/many/sub           | the directory sub with a.safetensors config.json             |
        | plain                                                       | hf:org/many/plain         | the file plain                                               |
        | a.gguf                                                      | hf:org/none               | NotFound                                                     |
        | a.gguf                                                      | hf:org/many/b.gguf        | NotFound                                                     |
        | a.gguf                                                      | hf:org/many@gone/a.gguf   | NotFound                                                     |
        | ../../a.gguf                                                | hf:org/many               | IoError: answer                                              |
        | a.gguf                                                      | s3://bucket/a.gguf        | FetcherRequired                                              |

    Scenario: All files of a model are of the commit that its first one was of
      Given a hub with "org/many" of a-00001-of-00002.gguf a-00002-of-00002.gguf
      When "hf:org/many/a-00001-of-00002.gguf" is fetched, and the hub has another commit behind the first file
      Then the second file was asked for by the commit of the first

  Rule: Nobody learns what is not for him

    @CAT-SEC-6004
    Scenario Outline: The token of the hub is told to <endpoint> <how>
      Then of a hub at <endpoint> the token is told to <url>: <how>

      Examples:
        | endpoint                | url                               | how |
        | https://huggingface.co  | https://huggingface.co/x          | yes |
        | https://huggingface.co  | https://cdn.huggingface.co/x      | no  |
        | https://huggingface.co  | http://huggingface.co/x           | no  |
        | http://mirror.example   | http://mirror.example/x           | no  |
        | http://localhost:8080   | http://localhost:8080/x           | yes |
        | http://localhost:8080   | http://localhost:8081/x           | no  |

    @CAT-SEC-6004
    Scenario: A gated model is fetched with a token, which its storage never sees
      Given a hub that wants a token
      When "hf:org/model/model.gguf" is fetched
      Then the fetch comes to PermissionDenied
      When "hf:org/model/model.gguf" is fetched with the token
      Then the fetch comes to what is there
      And the storage was told no token
      And the token is in no file, event or error of it

    Scenario Outline: A token that <what> is <outcome>
      When the token of the hub is looked for where <what>
      Then the token is <outcome>

      Examples:
        | what                                | outcome         |
        | a file of the hub's tools has it    | found           |
        | HF_TOKEN_PATH names a file          | found           |
        | it is not to be taken from files    | none            |
        | nothing has one                     | none            |
        | it has a newline inside             | InvalidArgument |

    Scenario: Requests go through the proxy of the environment, but those to hosts that it is not for
      Given a proxy
      When "hf:org/model/model.gguf" is fetched through the proxy
      Then the fetch comes to what is there, through the proxy
      When "hf:org/model/model.gguf" is fetched through the proxy, which is not for this host
      Then the fetch comes to what is there, and the proxy was not asked again

  Rule: Whoever waits is told how it stands

    Scenario: Progress tells the bytes, how quick they come, and when they will be there
      When "hf:org/model/model.gguf" is fetched by a clock on which 100 bytes take a second
      Then its last progress is 300 of 300 bytes at 100 bytes a second

    Scenario: Pauses grow, are drawn, heed what the server asks for, and end
      Then after 1 to 20 failures the longest pauses are 500 1000 2000 4000 8000 16000 and 30000 ms, the shortest 0
      And a server that asks for 7 s is given 7 s, and one that asks for a day 5 minutes

    Scenario: A fetch is stopped by its signal, and gone on with later
      When "hf:org/model/model.gguf" is fetched, and stopped behind 100 bytes
      Then the fetch is refused with Aborted
      When another fetcher fetches it
      Then it is what it is on the hub, and was sent once

    Scenario Outline: An option that is <what> is refused
      When a fetcher is made with <options>
      Then the fetch is refused with InvalidArgument

      Examples:
        | what              | options              |
        | no number         | {"parallel":"many"}  |
        | nothing           | {"spanBytes":0}      |
        | no URL            | {"endpoint":"hub"}   |
