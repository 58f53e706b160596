Feature: The catalog

  The rules of a catalog are the same over every store: what it holds after a call, and what it refuses.

  Rule: Adding a file makes an entry that is ready to use

    @CAT-IDX-1101 @CAT-DIG-1404
    Scenario Outline: A file becomes an Active entry of its content, over the <store> store
      Given a catalog over the <store> store
      And a source "tiny.Q4_K_M.gguf" of "some weights"
      When "tiny.Q4_K_M.gguf" is added
      Then the entry "tiny.Q4_K_M" has these members:
        | name          | "tiny.Q4_K_M"                          |
        | source        | "file://<sources>/tiny.Q4_K_M.gguf"    |
        | state         | "Active"                               |
        | trust_state   | "warned"                               |
        | digest        | "<sha256 tiny.Q4_K_M.gguf>"            |
        | digest_source | "computed"                             |
        | bytes         | 12                                     |
        | ref           | null                                   |
        | verified_at   | null                                   |

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

    @CAT-IDX-1101
    Scenario Outline: The default id of <path> is <id>
      Given a catalog over the memory store
      And these sources:
        | name                              | content |
        | a.gguf                            | 1       |
        | B.GGUF                            | 2       |
        | c.safetensors                     | 3       |
        | d-00001-of-00002.gguf             | 4       |
        | d-00002-of-00002.gguf             | 5       |
        | e.bin                             | 6       |
        | f.gguf/inside.gguf                | 7       |
        | g-00001-of-00001/model            | 8       |
        | .hidden                           | 9       |
      When "<path>" is added
      Then the entry "<id>" has {"name":"<id>","state":"Active"}

      Examples:
        | path                  | id               |
        | a.gguf                | a                |
        | B.GGUF                | B                |
        | c.safetensors         | c                |
        | d-00001-of-00002.gguf | d                |
        | d-00002-of-00002.gguf | d                |
        | e.bin                 | e.bin            |
        | f.gguf                | f.gguf           |
        | g-00001-of-00001      | g-00001-of-00001 |
        | .hidden               | .hidden          |

    @CAT-IDX-1101
    Scenario: Id, name and labels are as the caller wants them
      Given a catalog over the memory store
      And a source "a.gguf" of "some weights"
      When "a.gguf" is added as "org/a@1" with {"name":"The first","labels":{"tier":"gold"}}
      Then the entry "org/a@1" has {"name":"The first","labels":{"tier":"gold"}}

    @CAT-IDX-1101
    Scenario: A file: URL names the same file as its path
      Given a catalog over the memory store
      And a source "a b.gguf" of "some weights"
      When the reference "file://<sources>/a%20b.gguf" is added
      Then the entry "a b" has {"source":"file://<sources>/a%20b.gguf"}

    @CAT-REC-1007
    Scenario: An id that cannot be is refused before anything is read
      Given a catalog over the memory store
      And a source "a.gguf" of "some weights"
      When "a.gguf" is added as "../a"
      Then the catalog refuses it with InvalidId

    @CAT-DIG-1404
    Scenario Outline: Content that is as it was declared is verified, by <algorithm> over the <store> store
      Given a catalog over the <store> store
      And a source "a.gguf" of "some weights"
      When "a.gguf" is added with {"digest":"<<algorithm> a.gguf>"}
      Then the entry "a" has {"state":"Active","trust_state":"verified","digest":"<sha256 a.gguf>","digest_source":"<source>","declared":<declared>}

      Examples:
        | store  | algorithm | source   | declared            |
        | memory | sha256    | declared | null                |
        | journal | sha256    | declared | null                |
        | fs     | sha256    | declared | null                |
        | memory | sha512    | computed | "<sha512 a.gguf>"   |
        | journal | sha512    | computed | "<sha512 a.gguf>"   |

  Rule: An id means one content, until its owner says otherwise

    @CAT-IDX-1101
    Scenario Outline: The same id and content again gives the stored entry, over the <store> store
      Given a catalog over the <store> store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When "a.gguf" is added as "m" with {"name":"Another"}
      Then the stored entry is what the add gives
      And the entry "m" is as it was

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

    @CAT-IDX-1101 @CAT-BLB-2105
    Scenario: The same content under another file name leaves the model where it was
      Given a catalog over the fs store
      And these sources:
        | name   | content      |
        | a.gguf | some weights |
        | b.gguf | some weights |
      And a model "m" that was added from "a.gguf"
      When "b.gguf" is added as "m"
      Then the stored entry is what the add gives
      And the model "m" is found whole

    @CAT-IDX-1101
    Scenario Outline: Other content under the same id is refused, over the <store> store
      Given a catalog over the <store> store
      And these sources:
        | name   | content        |
        | a.gguf | some weights   |
        | b.gguf | other weights! |
      And a model "m" that was added from "a.gguf"
      When "b.gguf" is added as "m"
      Then the refusal is AlreadyExists and carries the stored entry "m"
      And the entry "m" is as it was
      And the model "m" is found whole

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

    @CAT-IDX-1101
    Scenario Outline: Other content takes the place of the first where its owner says so, over the <store> store
      Given a catalog over the <store> store
      And these sources:
        | name   | content        |
        | a.gguf | some weights   |
        | b.gguf | other weights! |
      And a model "m" that was added from "a.gguf"
      When "b.gguf" is added as "m" with {"replace":true}
      Then the entry "m" has {"digest":"<sha256 b.gguf>","source":"file://<sources>/b.gguf","bytes":14}
      And the model "m" is found whole
      And the blob of "a.gguf" is gone

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

    @CAT-IDX-1101
    Scenario: A model that is replaced by a reference leaves no links behind
      Given a catalog over the fs store
      And these sources:
        | name   | content        |
        | a.gguf | some weights   |
        | b.gguf | other weights! |
      And a model "m" that was added from "a.gguf"
      When "b.gguf" is added as "m" with {"replace":true,"mode":"reference"}
      Then the entry "m" has {"mode":"reference","local_path":"<sources>/b.gguf"}
      And the folder "models" of the catalog is empty

    @CAT-IDX-1101
    Scenario: A Failed entry is verified anew by its good content
      Given a catalog over the memory store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      And the entry "m" is stored with {"state":"Failed","trust_state":"unverified"}
      When "a.gguf" is added as "m"
      Then the entry "m" has {"state":"Active","trust_state":"warned"}

    @CAT-REC-1007
    Scenario: An id that collides with another is refused and leaves the first
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "Model" that was added from "a.gguf"
      When "a.gguf" is added as "model"
      Then the catalog refuses it with AlreadyExists
      And the model "Model" is found whole

  Rule: A registered entry is filled by its content

    @CAT-REC-1006 @CAT-DIG-1404
    Scenario Outline: A Pending entry becomes Active and keeps what was registered, over the <store> store
      Given a catalog over the <store> store
      And a source "a.gguf" of "some weights"
      And a model "m" that was registered with {"name":"Mine","labels":{"k":"v"},"digest":"<sha256 a.gguf>"}
      When "a.gguf" is added as "m"
      Then the entry "m" has {"name":"Mine","labels":{"k":"v"},"source":"https://example.org/m","state":"Active","trust_state":"verified"}

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

    @CAT-REC-1006 @CAT-BLB-2103
    Scenario Outline: A Pending entry with a declared <algorithm> refuses other content and is Failed
      Given a catalog over the fs store
      And these sources:
        | name   | content        |
        | a.gguf | some weights   |
        | b.gguf | other weights! |
      And a model "m" that was registered with {"digest":"<<algorithm> a.gguf>"}
      When "b.gguf" is added as "m"
      Then the catalog refuses it with DigestMismatch and {"expected":"<<algorithm> a.gguf>","actual":"<<algorithm> b.gguf>","bytes":14}
      And the entry "m" has {"state":"Failed","trust_state":"unverified","files":null}
      And there is nothing in blobs, models and ingest

      Examples:
        | algorithm |
        | sha256    |
        | sha512    |

    @CAT-REC-1006
    Scenario: A Failed entry that has no files yet is filled by the right content
      Given a catalog over the memory store
      And these sources:
        | name   | content        |
        | a.gguf | some weights   |
        | b.gguf | other weights! |
      And a model "m" that was registered with {"digest":"<sha256 a.gguf>"}
      When "b.gguf" is added as "m"
      Then the catalog refuses it with DigestMismatch
      When "a.gguf" is added as "m"
      Then the entry "m" has {"state":"Active","trust_state":"verified"}

  Rule: What is elsewhere is brought by a fetcher alone

    @CAT-PRV-2503
    Scenario Outline: <reference> needs a fetcher
      Given a catalog over the memory store
      When the reference "<reference>" is added
      Then the catalog refuses it with FetcherRequired
      And there is nothing in blobs, models and ingest

      Examples:
        | reference                     |
        | hf:org/model                  |
        | https://example.org/a.gguf    |
        | s3://bucket/a.gguf            |
        | oci://example.org/model:1     |

    @CAT-PRV-2503
    Scenario Outline: What the fetcher brings is added under its reference, over the <store> store
      Given a catalog over the <store> store with a fetcher that brings "a.gguf"
      And a source "a.gguf" of "some weights"
      When the reference "hf:org/model@main/a.gguf" is added as "m"
      Then the entry "m" has {"ref":"hf:org/model@main/a.gguf","source":"hf:org/model@main/a.gguf","digest":"<sha256 a.gguf>"}
      And the model "m" is found whole
      And the folder "ingest" of the catalog is empty

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

    @CAT-PRV-2503
    Scenario: What was fetched for this add alone cannot be referenced in place
      Given a catalog over the fs store with a fetcher that brings "a.gguf"
      And a source "a.gguf" of "some weights"
      When the reference "hf:org/model" is added by reference
      Then the catalog refuses it with InvalidArgument
      And the folder "ingest" of the catalog is empty

  Rule: Put and setState keep to the lifecycle

    @CAT-REC-1003 @CAT-REC-1005
    Scenario Outline: Putting <members> over an Active, warned model gives <code>
      Given a catalog over the memory store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When the entry "m" is put with <members>
      Then the catalog refuses it with <code>
      And the entry "m" is as it was

      Examples:
        | members                                    | code              |
        | {"state":"Pending"}                        | InvalidTransition |
        | {"trust_state":"verified"}                 | InvalidRecord     |
        | {"verified_at":"2026-01-02T03:04:05.678Z"} | InvalidRecord     |
        | {"digest_source":"declared"}               | InvalidRecord     |
        | {"files":[]}                               | InvalidRecord     |
        | {"bytes":-1}                               | InvalidRecord     |
        | {"revision":7}                             | InvalidRecord     |

    @CAT-REC-1003 @CAT-REC-1005
    Scenario Outline: What is not verification's to say can be put, over the <store> store
      Given a catalog over the <store> store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When the entry "m" is put with {"name":"Other","labels":{"a":"b"},"state":"Retired","x-own":[1]}
      Then the entry "m" has {"name":"Other","labels":{"a":"b"},"state":"Retired","trust_state":"warned","x-own":[1]}

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

    @CAT-REC-1003 @CAT-REC-1004
    Scenario: A model that is retired and active again keeps its trust
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf" with {"digest":"<sha256 a.gguf>"}
      When the state of "m" is set to Retired
      Then the entry "m" has {"state":"Retired","trust_state":"verified"}
      When the state of "m" is set to Active
      Then the entry "m" is as it was

    @CAT-REC-1005
    Scenario: Active is earned, or taken upon oneself
      Given a catalog over the memory store
      And a model "m" that was registered with {}
      When the state of "m" is set to Active
      Then the catalog refuses it with NotVerified
      When the state of "m" is set to Active although unverified
      Then the entry "m" has {"state":"Active","trust_state":"warned"}

    @CAT-REC-1003
    Scenario: The state of a model that is not there cannot be set
      Given a catalog over the memory store
      When the state of "m" is set to Active
      Then the catalog refuses it with NotFound

  Rule: Entries are listed by what they say

    @CAT-REC-1008
    Scenario Outline: <filter> lists <ids>
      Given a catalog over the memory store
      And the entry "org/a" is stored with {"name":"Alpha","labels":{"tier":"gold","n":"1=1"}}
      And the entry "org/b" is stored with {"name":"Beta","state":"Failed","labels":{"tier":"lead"}}
      And the entry "c" is stored with {"name":"Alphabet","state":"Retired","trust_state":"verified"}
      When the models that match <filter> are listed
      Then these are listed: <ids>

      Examples:
        | filter                                  | ids             |
        | {}                                      | c, org/a, org/b |
        | {"state":"Failed"}                      | org/b           |
        | {"state":"Active"}                      | none            |
        | {"trust_state":"verified"}              | c               |
        | {"id":"org/*"}                          | org/a, org/b    |
        | {"id":"org/?"}                          | org/a, org/b    |
        | {"id":"*a*"}                            | org/a           |
        | {"id":"org"}                            | none            |
        | {"name":"Alpha*"}                       | c, org/a        |
        | {"name":"alpha*"}                       | none            |
        | {"label":"tier"}                        | org/a, org/b    |
        | {"label":"tier=lead"}                   | org/b           |
        | {"label":"tier="}                       | none            |
        | {"label":"n=1=1"}                       | org/a           |
        | {"label":"toString"}                    | none            |
        | {"id":"org/*","state":"Failed"}         | org/b           |

    @CAT-REC-1008
    Scenario: Entries are listed by their state
      Given a catalog over the memory store
      And the entry "a" is stored with {"state":"Retired"}
      And the entry "b" is stored with {"state":"Pending"}
      When the models that are Retired are listed
      Then these are listed: a

  Rule: The path of a model tells where it is, and notes its use when asked

    @CAT-BLB-2105
    Scenario Outline: A model's path notes that it was used only when asked, over the <store> store
      Given a catalog over the <store> store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When the path of "m" is asked for
      Then the entry "m" is as it was
      When the path of "m" is asked for and touched
      Then the entry "m" was last used then

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

    @CAT-DIG-1404
    Scenario: The path of a model without files is refused, with where they would be
      Given a catalog over the memory store
      And a model "m" that was registered with {}
      When the path of "m" is asked for
      Then the catalog refuses it with NotFound and {"expected_path":"<root>/models/m-62c66a7a5dd70c31"}

    @CAT-DIG-1404
    Scenario: The path of a model that is not there is refused
      Given a catalog over the memory store
      When the path of "m" is asked for
      Then the catalog refuses it with NotFound

  Rule: A catalog is closed at the end of the block that uses it

    @CAT-IDX-1101
    Scenario Outline: After its block a catalog over the <store> store refuses every call
      Given a catalog over the <store> store
      When the catalog is left at the end of its block
      Then every call of it is refused with Closed

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |
