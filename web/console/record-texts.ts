import { useMemo } from 'preact/hooks';
import { enRecord } from '../texts/en-record.ts';
import { textsOfPart } from '../texts/part-texts.ts';
import { useRoomTexts } from '../texts/room-texts.ts';

const useRecord = textsOfPart(enRecord, 'record');

/** What the page says, and what the record does. */
export function useRecordTexts() {
  const texts = useRoomTexts();
  const record = useRecord();
  return useMemo(() => ({ ...texts, record }), [texts, record]);
}

export type RecordTexts = ReturnType<typeof useRecordTexts>;
