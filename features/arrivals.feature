Feature: What becomes of an entry when content arrives for it

  Content arrives by being added, or is adopted where it lies. D1, D2 are digests, `now` is the time; what is told of an entry is what
  changes of it, and `null` what goes.

  @CAT-REC-1004 @CAT-DIG-1404
  Rule: An id means one content, until its owner says otherwise

    Scenario Outline: To <stored>, with <request>, content that is added <outcome>
      When content D1 is added to <stored>, with <request>
      Then the entry <outcome>

      Examples: nothing is there
        | stored  | request                             | outcome |
        | nothing | {}                                  | becomes {"id":"m","name":"m","source":"s","state":"Active","trust_state":"warned","registered_at":"now","digest":"D1","digest_source":"computed","bytes":5,"files":"D1","local_path":"p","mode":"copy","last_verified_ms":"now"} |
        | nothing | {"name":"n","ref":"hf:o/r","labels":{"a":"b"}} | becomes {"id":"m","name":"n","source":"s","ref":"hf:o/r","labels":{"a":"b"},"state":"Active","trust_state":"warned","registered_at":"now","digest":"D1","digest_source":"computed","bytes":5,"files":"D1","local_path":"p","mode":"copy","last_verified_ms":"now"} |
        | nothing | {"digest":"D1"}                     | becomes {"id":"m","name":"m","source":"s","state":"Active","trust_state":"verified","verified_at":"now","registered_at":"now","digest":"D1","digest_source":"declared","bytes":5,"files":"D1","local_path":"p","mode":"copy","last_verified_ms":"now"} |

      Examples: it was registered
        | stored                                          | request         | outcome |
        | a registered one                                | {}              | becomes {"state":"Active","trust_state":"warned","digest":"D1","digest_source":"computed","bytes":5,"files":"D1","local_path":"p","mode":"copy","last_verified_ms":"now"} |
        | a registered one                                | {"name":"other","ref":"hf:o/r","labels":{}} | becomes {"state":"Active","trust_state":"warned","digest":"D1","digest_source":"computed","bytes":5,"files":"D1","local_path":"p","mode":"copy","last_verified_ms":"now"} |
        | a registered one with {"digest":"D1","digest_source":"declared"} | {} | becomes {"state":"Active","trust_state":"verified","verified_at":"now","bytes":5,"files":"D1","local_path":"p","mode":"copy","last_verified_ms":"now"} |
        | a registered one                                | {"digest":"D1"} | becomes {"state":"Active","trust_state":"verified","verified_at":"now","digest":"D1","digest_source":"declared","bytes":5,"files":"D1","local_path":"p","mode":"copy","last_verified_ms":"now"} |

      Examples: it is the same
        | stored                                    | request                         | outcome |
        | one of D1                                 | {}                              | stays   |
        | one of D1                                 | {"name":"other","replace":true} | stays   |
        | one of D1                                 | {"digest":"D1"}                 | becomes {"trust_state":"verified","verified_at":"now","digest_source":"declared","last_verified_ms":"now"} |
        | one of D1 with {"trust_state":"verified"} | {"digest":"D1"}                 | stays   |
        | one of D1 with {"state":"Failed"}         | {}                              | becomes {"state":"Active","local_path":"p","last_verified_ms":"now"} |
        | one of D1 with {"state":"Failed"}         | {"digest":"D1"}                 | becomes {"state":"Active","trust_state":"verified","verified_at":"now","digest_source":"declared","local_path":"p","last_verified_ms":"now"} |

      Examples: it is another
        | stored                                    | request                          | outcome |
        | one of D2                                 | {}                               | is refused with AlreadyExists: m is in the catalog with other content; replace it, or choose another id |
        | one of D2                                 | {"replace":false}                | is refused with AlreadyExists: m is in the catalog with other content; replace it, or choose another id |
        | one of D2                                 | {"replace":true}                 | becomes {"source":"s","digest":"D1","files":"D1","local_path":"p","last_verified_ms":"now"} |
        | one of D2 with {"ref":"hf:a/b","labels":{"x":"y"},"metadata":{"format":"x"},"declared":"D2","verified_at":"now","pins":["a"]} | {"replace":true} | becomes {"source":"s","ref":null,"declared":null,"verified_at":null,"metadata":null,"digest":"D1","files":"D1","local_path":"p","last_verified_ms":"now"} |
        | one of D2 with {"labels":{"x":"y"}}       | {"replace":true,"ref":"hf:o/r","labels":{},"name":"n"} | becomes {"source":"s","name":"n","ref":"hf:o/r","labels":{},"digest":"D1","files":"D1","local_path":"p","last_verified_ms":"now"} |
        | one of D2                                 | {"replace":true,"digest":"D1"}   | becomes {"source":"s","trust_state":"verified","verified_at":"now","digest":"D1","digest_source":"declared","files":"D1","local_path":"p","last_verified_ms":"now"} |
        | one of D2 with {"adopted_from":{"tool":"t","path":"/t"},"mode":"reference"} | {"replace":true} | becomes {"source":"s","adopted_from":null,"digest":"D1","files":"D1","local_path":"p","mode":"copy","last_verified_ms":"now"} |

    @CAT-ADO-2205
    Scenario Outline: To <stored>, with <request>, content that is described <outcome>
      When content D1 is added to <stored>, with <request>
      Then the entry <outcome>

      Examples:
        | stored  | request                             | outcome |
        | nothing | {"metadata":{"format":"gguf"}}      | becomes {"id":"m","name":"m","source":"s","state":"Active","trust_state":"warned","registered_at":"now","digest":"D1","digest_source":"computed","bytes":5,"files":"D1","local_path":"p","mode":"copy","metadata":{"format":"gguf"},"last_verified_ms":"now"} |
        | one of D1                                 | {"metadata":{"format":"gguf"}}  | becomes {"metadata":{"format":"gguf"}} |
        | one of D1 with {"metadata":{"format":"x"}} | {"metadata":{"format":"gguf"}} | stays   |
        | one of D1 with {"metadata":{"warnings":["unreadable: m could not be read"]}} | {"metadata":{"format":"gguf"}} | becomes {"metadata":{"format":"gguf"}} |
        | one of D1 with {"metadata":{"warnings":["truncated: m","changed: m changed"]}} | {"metadata":{"format":"gguf"}} | becomes {"metadata":{"format":"gguf"}} |
        | one of D1 with {"metadata":{"warnings":["truncated: unreadable: m"]}} | {"metadata":{"format":"gguf"}} | stays |
        | one of D1 with {"metadata":{"warnings":[]}} | {"metadata":{"format":"gguf"}} | stays  |

  @CAT-ADO-2201 @CAT-ADO-2203
  Rule: What is adopted stays where it lies, and is followed there

    Scenario Outline: To <stored>, content that is adopted <outcome>: <content>
      When content <content> is adopted for <stored>
      Then the entry <outcome>

      Examples: nothing is there, or it waits for it
        | stored                                                            | content        | outcome |
        | nothing                                                           | D1             | becomes {"id":"m","name":"m","source":"s","state":"Active","trust_state":"warned","registered_at":"now","digest":"D1","digest_source":"computed","bytes":5,"files":"D1","local_path":"p","mode":"reference","adopted_from":{"tool":"t","path":"/t"},"last_verified_ms":"now"} |
        | nothing                                                           | D1, promised   | becomes {"id":"m","name":"m","source":"s","state":"Active","trust_state":"verified","verified_at":"now","registered_at":"now","digest":"D1","digest_source":"declared","bytes":5,"files":"D1","local_path":"p","mode":"reference","adopted_from":{"tool":"t","path":"/t"},"last_verified_ms":"now"} |
        | nothing                                                           | D1, described, of hf:o/r | becomes {"id":"m","name":"m","source":"s","ref":"hf:o/r","state":"Active","trust_state":"warned","registered_at":"now","digest":"D1","digest_source":"computed","bytes":5,"files":"D1","local_path":"p","mode":"reference","adopted_from":{"tool":"t","path":"/t"},"metadata":{"format":"gguf"},"last_verified_ms":"now"} |
        | a registered one                                                  | D1             | becomes {"state":"Active","trust_state":"warned","digest":"D1","digest_source":"computed","bytes":5,"files":"D1","local_path":"p","mode":"reference","adopted_from":{"tool":"t","path":"/t"},"last_verified_ms":"now"} |
        | a registered one with {"digest":"D1","digest_source":"declared"}  | D1             | becomes {"state":"Active","trust_state":"verified","verified_at":"now","bytes":5,"files":"D1","local_path":"p","mode":"reference","adopted_from":{"tool":"t","path":"/t"},"last_verified_ms":"now"} |
        | a registered one with {"digest":"D2","digest_source":"declared"}  | D1             | is refused with DigestMismatch: m waits for D2, not for D1 |
        | a registered one with {"digest":"B1","digest_source":"declared"}  | D1             | is refused with AlreadyExists: m waits for content by another digest than SHA-256; add the file to fill it |

      Examples: it was adopted from there
        | stored                                                 | content               | outcome |
        | an adopted one of D1                                   | D1                    | stays   |
        | an adopted one of D1                                   | D1, described, of hf:o/r | stays |
        | an adopted one of D1 with {"local_path":"q"}           | D1                    | becomes {"source":"s","local_path":"p","last_verified_ms":"now"} |
        | an adopted one of D1 with {"local_path":"q"}           | D1, of hf:o/r         | becomes {"source":"s","ref":"hf:o/r","local_path":"p","last_verified_ms":"now"} |
        | an adopted one of D1 with {"state":"Failed"}           | D1                    | becomes {"source":"s","state":"Active","last_verified_ms":"now"} |
        | an adopted one of D1                                   | D1, as other files    | becomes {"source":"s","files":"other","last_verified_ms":"now"} |
        | an adopted one of D1                                   | D1, as two files      | becomes {"source":"s","files":"reversed","bytes":10,"last_verified_ms":"now"} |
        | an adopted one of D1 with {"files":"more"}             | D1, as two files      | stays   |
        | an adopted one of D1 with {"files":"more"}             | D1                    | becomes {"source":"s","files":"D1","last_verified_ms":"now"} |
        | an adopted one of D1                                   | D1, promised          | becomes {"source":"s","trust_state":"verified","verified_at":"now","digest_source":"declared","last_verified_ms":"now"} |
        | an adopted one of D1 with {"trust_state":"verified"}   | D1, promised          | stays   |
        | an adopted one of D2                                   | D1, promised          | becomes {"source":"s","trust_state":"verified","verified_at":"now","digest":"D1","digest_source":"declared","files":"D1","last_verified_ms":"now"} |
        | an adopted one of D2                                   | D1                    | is refused with AlreadyExists: m is in the catalog with other content; it changed since it was adopted: verify it, or remove it and adopt it again |
        | an adopted one of D2 with {"local_path":"q"}           | D1                    | becomes {"source":"s","digest":"D1","files":"D1","local_path":"p","last_verified_ms":"now"} |

      Examples: it is somebody else's
        | stored                                                            | content      | outcome |
        | one of D1                                                         | D1           | stays   |
        | one of D1                                                         | D1, promised | stays   |
        | one of D1 with {"state":"Failed"}                                 | D1           | is refused with AlreadyExists: m is in the catalog and has failed; add the file to heal it |
        | one of D1 with {"state":"Failed","mode":"reference"}              | D1           | stays   |
        | one of D2                                                         | D1, promised | is refused with AlreadyExists: m is in the catalog with other content; other content has that id |
        | an adopted one of D2 with {"adopted_from":{"tool":"u","path":"/t"}} | D1, promised | is refused with AlreadyExists: m is in the catalog with other content; other content has that id |
        | an adopted one of D2 with {"adopted_from":{"tool":"t","path":"/u"}} | D1, promised | is refused with AlreadyExists: m is in the catalog with other content; other content has that id |
        | an adopted one of D1 with {"adopted_from":{"tool":"t","path":"/u"},"local_path":"q"} | D1 | stays |
        | an adopted one of D2 with {"mode":"copy"}                         | D1, promised | is refused with AlreadyExists: m is in the catalog with other content; other content has that id |

    Scenario Outline: Before content of <bytes> bytes was hashed, adopting it for <stored> is <decision>
      Then before content of <bytes> bytes was hashed, adopting it for <stored> is <decision>

      Examples:
        | bytes | stored                                                           | decision                 |
        | 5     | nothing                                                          | to adopt                 |
        | 5     | a registered one with {"digest":"D2","digest_source":"declared"} | to adopt                 |
        | 5     | one of D1                                                        | known                    |
        | 6     | one of D1                                                        | refused as AlreadyExists |
        | 6     | an adopted one of D1                                             | to adopt                 |
        | 5     | one of D1 with {"state":"Failed"}                                | refused as AlreadyExists |
