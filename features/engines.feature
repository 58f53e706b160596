Feature: Engines

  An engine entry says which build it is and where its files are, so that a run can be done again with the same one.

  Rule: An entry says which build it is

    @CAT-ENG-2401
    Scenario Outline: The default id of <engine> is <id>
      Then the default id of the engine <engine> is "<id>"

      Examples:
        | engine                                                      | id                        |
        | {"engine":"llama.cpp","version":"1.2.3"}                    | llama.cpp:1.2.3           |
        | {"engine":"llama.cpp","version":"b4567"}                    | llama.cpp:b4567           |
        | {"engine":"vllm","version":"0.6.0","digest":"sha256:{64 a}"} | vllm:0.6.0@sha256:{64 a} |

    @CAT-ENG-2401
    Scenario Outline: An engine keeps all that is recorded of it, over the <store> store
      Given a catalog over the <store> store
      When an engine with every member is put
      Then the engine is there as it was put

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

    @CAT-ENG-2401
    Scenario Outline: An engine with <members> is <verdict>, over the <store> store
      Given a catalog over the <store> store
      When the engine "e" is put with <members>
      Then the engine is <verdict>

      Examples:
        | store  | members                                           | verdict                    |
        | memory | {"artifacts":[],"binary_path":"/opt/llama"}       | accepted                   |
        | journal | {"artifacts":[],"binary_path":"/opt/llama"}       | accepted                   |
        | fs     | {"artifacts":[],"binary_path":"/opt/llama"}       | accepted                   |
        | memory | {"artifacts":["sha256:{64 a}"]}                   | accepted                   |
        | journal | {"artifacts":["sha256:{64 a}"]}                   | accepted                   |
        | fs     | {"artifacts":[]}                                  | refused with InvalidRecord |
        | memory | {"artifacts":[]}                                  | refused with InvalidRecord |
        | journal | {"artifacts":[]}                                  | refused with InvalidRecord |
        | memory | {"artifacts":[],"binary_path":""}                 | refused with InvalidRecord |
        | journal | {"artifacts":[],"binary_path":""}                 | refused with InvalidRecord |
        | memory | {"artifacts":[7]}                                 | refused with InvalidRecord |
        | journal | {"artifacts":[7]}                                 | refused with InvalidRecord |
        | memory | {"engine":""}                                     | refused with InvalidRecord |
        | journal | {"engine":""}                                     | refused with InvalidRecord |
        | memory | {"version":7}                                     | refused with InvalidRecord |
        | journal | {"version":7}                                     | refused with InvalidRecord |
        | memory | {"digest":"sha256:x"}                             | refused with InvalidRecord |
        | journal | {"digest":"sha256:x"}                             | refused with InvalidRecord |
        | memory | {"created_ms":-1}                                 | refused with InvalidRecord |
        | journal | {"created_ms":-1}                                 | refused with InvalidRecord |
        | memory | {"build_flags":"-O2"}                             | refused with InvalidRecord |
        | journal | {"build_flags":"-O2"}                             | refused with InvalidRecord |
        | memory | {"id":"../e"}                                     | refused with InvalidId     |
        | journal | {"id":"../e"}                                     | refused with InvalidId     |

  Rule: Engines are found by id, and by engine and version, newest first

    @CAT-ENG-2402
    Scenario Outline: <query> finds <ids>
      Given a catalog over the memory store
      And these engines:
        | id   | engine    | version       | created_ms |
        | a    | llama.cpp | 1.2.0         | 5          |
        | b    | llama.cpp | 1.10.0        | 1          |
        | c    | llama.cpp | 2.0.0-rc.1    | 9          |
        | d    | llama.cpp | 2.0.0         | 2          |
        | e    | vllm      | 1.10.0        | 7          |
        | f    | llama.cpp | b4567         | 3          |
        | g    | llama.cpp | b4999         | 4          |
        | h    | llama.cpp | 1.10.0        | 8          |
      When engines are looked for by <query>
      Then these engines are found: <ids>

      Examples:
        | query                                          | ids                 |
        | {"engine":"vllm"}                              | e                   |
        | {"engine":"llama.cpp","version":"1.10.0"}      | h, b                |
        | {"engine":"llama.cpp","version":"b4567"}       | f                   |
        | {"engine":"llama.cpp","version":"^1.0.0"}      | h, b, a             |
        | {"engine":"llama.cpp","version":">=1.10 <2.0.0"} | c, h, b           |
        | {"engine":"llama.cpp","version":"2.x"}         | d, c                |
        | {"version":"1.10.0"}                           | h, e, b             |
        | {"engine":"llama.cpp"}                         | d, c, h, b, a, g, f |
        | {"engine":"llama.cpp","version":"9.9.9"}       | none                |
        | {"engine":"LLAMA.CPP"}                         | none                |
        | {"version":"not a range"}                      | none                |

    @CAT-ENG-2402
    Scenario: The order of what is found does not depend on the order in which it was put
      Then any order of putting engines gives the same list

    @CAT-ENG-2402
    Scenario: An engine is found by its id, and one that is not there is undefined
      Given a catalog over the memory store
      When the engine "e" is put with {}
      Then the engine "e" is found, and "f" is undefined

    @CAT-IDX-1101
    Scenario: An engine that is deleted is gone, and deleting it again gives false
      Given a catalog over the fs store
      When the engine "e" is put with {}
      Then deleting the engine "e" gives true and then false
